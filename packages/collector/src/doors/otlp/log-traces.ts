/** Which traces log records have come of, for spans that only those tie to a session. */

const MAX_TRACES = 20_000;
/** Log records are sent at about the time of their spans, where both are sent. */
const PATIENCE_MS = 1_000;
/** Senders of spans alone are not waited for after so many times. */
const MAX_IN_VAIN = 3;

export class LogTraces {
  readonly #known = new Set<string>();
  readonly #waiting = new Set<() => void>();
  #inVain = 0;

  /** Log records of these traces are tied to their sessions now. */
  came(traces: Iterable<string>): void {
    for (const trace of traces) this.#known.add(trace);
    for (const trace of this.#known) {
      if (this.#known.size <= MAX_TRACES) break;
      this.#known.delete(trace);
    }
    for (const look of [...this.#waiting]) look();
  }

  /** Waits for log records of all these traces: a second at most, as the sender waits meanwhile. */
  async await(traces: ReadonlySet<string>): Promise<void> {
    const isMissing = () => [...traces].some((trace) => !this.#known.has(trace));
    if (!isMissing() || this.#inVain >= MAX_IN_VAIN) return;
    await new Promise<void>((resolve) => {
      const end = () => {
        clearTimeout(timer);
        this.#waiting.delete(look);
        resolve();
      };
      const look = () => {
        if (!isMissing()) end();
      };
      const timer = setTimeout(end, PATIENCE_MS);
      this.#waiting.add(look);
    });
    this.#inVain = isMissing() ? this.#inVain + 1 : 0;
  }
}
