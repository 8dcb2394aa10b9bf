/** Kinds and files that are listed one by one; more are counted. */
const LISTED = 50;
/** What a kind looks like that may be printed; anything else could be content. */
const KIND = /^[A-Za-z][A-Za-z0-9_.:/ -]{0,47}$/;

/** A file that could not be read, or not to its end. */
export interface FileProblem {
  readonly path: string;
  readonly problem: string;
}

/** What was read and what was not understood of it. */
export class Notes {
  /** Lines or members of a kind that no reader knows, by kind. */
  readonly unknown = new Map<string, number>();
  readonly problems: FileProblem[] = [];
  lines = 0;
  /** Lines that are no JSON: cut off or damaged. */
  damaged = 0;
  /** Lines that are longer than any reader takes. */
  tooLong = 0;
  /** Lines on which a reader failed. */
  failed = 0;
  /** Events that stand in another history already. */
  copies = 0;
  /** Links, which are not followed. */
  links = 0;
  /** Files and sessions of which nothing was read. */
  foreign = 0;
  #problemCount = 0;

  /** @param kind as the file names it */
  unknownKind(format: string, kind: unknown): void {
    const name = typeof kind === "string" && KIND.test(kind) ? kind : "(no name)";
    const key = `${format}: ${name}`;
    const known = this.unknown.get(key);
    if (known === undefined && this.unknown.size >= LISTED) {
      this.#add(`${format}: (others)`);
      return;
    }
    this.#add(key);
  }

  problem(path: string, problem: string): void {
    this.#problemCount += 1;
    if (this.problems.length < LISTED) this.problems.push({ path, problem });
  }

  get problemCount(): number {
    return this.#problemCount;
  }

  /** Lines that were not understood, whatever the reason. */
  get notUnderstood(): number {
    let count = this.damaged + this.tooLong + this.failed;
    for (const times of this.unknown.values()) count += times;
    return count;
  }

  #add(key: string): void {
    this.unknown.set(key, (this.unknown.get(key) ?? 0) + 1);
  }
}
