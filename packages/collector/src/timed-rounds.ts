/** Rounds of work beside the way of the events: one at a time, begun by a timer. */

export interface TimedRoundsParts {
  /** One round; what it throws is reported, and the next round tries again. */
  readonly round: () => Promise<void>;
  readonly everyMs: number;
  /** Is given the first fault of several in a row, and the next one after a round that went well. */
  readonly onFailure: (failure: Error) => void;
}

export class TimedRounds {
  readonly #parts: TimedRoundsParts;
  #timer: NodeJS.Timeout | undefined;
  /** The round that the timer began, while it lasts. */
  #running: Promise<void> | undefined;
  #isFailing = false;

  constructor(parts: TimedRoundsParts) {
    this.#parts = parts;
  }

  /** The first round begins one interval from now; a second call changes nothing. */
  start(): void {
    this.#timer ??= setInterval(() => {
      this.#running ??= this.#run();
    }, this.#parts.everyMs).unref();
  }

  /** Begins no further round, and resolves when the one that runs is over. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#running;
  }

  async #run(): Promise<void> {
    try {
      await this.#parts.round();
      this.#isFailing = false;
    } catch (failure) {
      if (!this.#isFailing) this.#parts.onFailure(asError(failure));
      this.#isFailing = true;
    }
    this.#running = undefined;
  }
}

function asError(failure: unknown): Error {
  if (failure instanceof Error) return failure;
  return new Error("work beside the events failed: it is tried again", { cause: failure });
}
