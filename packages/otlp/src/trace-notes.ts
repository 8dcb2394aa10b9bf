/** What spans say about others that end later, in other requests. */
const MAX_NOTES = 20_000;

/** What a child span said of the call that its parent is of. */
export interface Outcome {
  readonly status: "ok" | "error" | "denied";
  readonly errorClass?: string | undefined;
}

/** A call as the model asked for it. */
export interface AskedCall {
  readonly id: string | undefined;
  readonly tool: string;
  readonly values: unknown;
}

/**
 * A bounded memory over requests: children end, and are sent, before their parents. The oldest note
 * goes first.
 */
export class TraceNotes {
  readonly #outcomes = new Map<string, Outcome>();
  readonly #marks = new Set<string>();
  readonly #asked = new Map<string, readonly AskedCall[]>();

  noteOutcome(spanId: string, outcome: Outcome): void {
    this.#outcomes.delete(spanId);
    this.#outcomes.set(spanId, outcome);
    const [oldest] = this.#outcomes.keys();
    if (this.#outcomes.size > MAX_NOTES && oldest !== undefined) this.#outcomes.delete(oldest);
  }

  outcomeOf(spanId: string): Outcome | undefined {
    return this.#outcomes.get(spanId);
  }

  mark(what: string): void {
    this.#marks.delete(what);
    this.#marks.add(what);
    const [oldest] = this.#marks;
    if (this.#marks.size > MAX_NOTES && oldest !== undefined) this.#marks.delete(oldest);
  }

  isMarked(what: string): boolean {
    return this.#marks.has(what);
  }

  /** What the turn of this span asked for: content, so `forgetAsked` ends it with the request. */
  noteAsked(spanId: string, calls: readonly AskedCall[]): void {
    this.#asked.set(spanId, calls);
  }

  /** The one call of this tool that the turn asked for; undefined where there are more. */
  askedOf(spanId: string, tool: string): AskedCall | undefined {
    const [call, ...others] = (this.#asked.get(spanId) ?? []).filter((one) => one.tool === tool);
    return others.length === 0 ? call : undefined;
  }

  forgetAsked(): void {
    this.#asked.clear();
  }
}
