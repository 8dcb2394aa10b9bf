import type { Status } from "../capture/record.ts";
import type { ModelTurn } from "./dialects/model-turn.ts";

/** How one logical call of a model went; its retries are attempts of the same call. */
export interface ModelCallOutcome {
  readonly status: Status;
  /** What the answer says; absent when there is none or it could not be read. */
  readonly turn?: ModelTurn | undefined;
  readonly responseStatus?: number | undefined;
  /** From the first attempt to the last byte. */
  readonly durationMs: number;
}

/** One logical call: it ends once, whatever happens to its attempts. */
export class ModelCall {
  readonly startedMs: number;
  readonly #onEnd: (outcome: ModelCallOutcome) => void;
  readonly #clock: () => number;
  #isOver = false;

  constructor(clock: () => number, onEnd: (outcome: ModelCallOutcome) => void) {
    this.#clock = clock;
    this.#onEnd = onEnd;
    this.startedMs = clock();
  }

  get isOver(): boolean {
    return this.#isOver;
  }

  get elapsedMs(): number {
    return Math.max(0, this.#clock() - this.startedMs);
  }

  end(outcome: Omit<ModelCallOutcome, "durationMs">): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#onEnd({ ...outcome, durationMs: this.elapsedMs });
  }
}

/** What an HTTP status says of a call that was refused. */
export function statusOfResponse(status: number): Status {
  if (status === 429) return "rate_limited";
  if (status === 408 || status === 504) return "timeout";
  if (status === 401 || status === 403) return "denied";
  if (status === 404) return "not_found";
  return "error";
}
