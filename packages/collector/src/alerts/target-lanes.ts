/** Attempts of one target at once, once it took the last one: a burst must not wait in a line. */
const WIDE = 8;
/** Targets that are remembered as well. */
const MAX_WELL = 10_000;

/**
 * Who is being delivered to. A target that has not taken anything yet, or failed last, has one attempt at
 * a time; one that is well has eight.
 */
export class TargetLanes {
  readonly #underWay = new Map<string, Set<Promise<void>>>();
  readonly #well = new Set<string>();
  #size = 0;

  /** Attempts under way. */
  get size(): number {
    return this.#size;
  }

  /** Rules that take no more at the moment. */
  get full(): readonly string[] {
    return [...this.#underWay.entries()]
      .filter(([rule, attempts]) => attempts.size >= (this.#well.has(rule) ? WIDE : 1))
      .map(([rule]) => rule);
  }

  add(rule: string, attempt: Promise<void>): void {
    const attempts = this.#underWay.get(rule) ?? new Set();
    this.#underWay.set(rule, attempts.add(attempt));
    this.#size += 1;
  }

  remove(rule: string, attempt: Promise<void>): void {
    const attempts = this.#underWay.get(rule);
    if (!attempts?.delete(attempt)) return;
    this.#size -= 1;
    if (attempts.size === 0) this.#underWay.delete(rule);
  }

  /** How an attempt went says how many there may be. */
  note(rule: string, isWell: boolean): void {
    if (this.#well.size >= MAX_WELL) this.#well.clear();
    if (isWell) this.#well.add(rule);
    else this.#well.delete(rule);
  }

  /** Resolves when nothing of what is under way now is any more. */
  async drained(): Promise<void> {
    await Promise.all([...this.#underWay.values()].flatMap((attempts) => [...attempts]));
  }
}
