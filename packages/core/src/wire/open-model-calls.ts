import type { Status } from "../capture/record.ts";
import type { ModelCall } from "./model-call.ts";

const MAX_OPEN = 1_000;
const SWEEP_EVERY_MS = 5_000;

interface OpenCall {
  readonly key: string;
  readonly call: ModelCall;
  /** How the call ended when nobody tries again. */
  readonly outcome: { readonly status: Status; readonly responseStatus?: number };
  readonly deadlineMs: number;
}

/**
 * Calls whose latest attempt failed and may be retried.
 *
 * Each has a deadline, and there are never more than a thousand: what is given up gets its outcome.
 */
export class OpenModelCalls {
  readonly #clock: () => number;
  /** In the order in which their attempts failed. */
  readonly #calls = new Set<OpenCall>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  /** @param key what the attempts of a call have in common; equal requests at once share it */
  add(key: string, call: ModelCall, outcome: OpenCall["outcome"], patienceMs: number): void {
    this.#calls.add({ key, call, outcome, deadlineMs: this.#clock() + patienceMs });
    const [oldest] = this.#calls;
    if (oldest !== undefined && this.#calls.size > MAX_OPEN) this.#settle(oldest);
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  /** The call that a further attempt belongs to; it is in other hands now. */
  take(key: string): ModelCall | undefined {
    for (const open of this.#calls) {
      if (open.key !== key) continue;
      this.#calls.delete(open);
      this.#rest();
      return open.call;
    }
    return undefined;
  }

  /** Gives up on everything. */
  settle(): void {
    for (const open of [...this.#calls]) this.#settle(open);
    this.#rest();
  }

  #sweep(): void {
    const now = this.#clock();
    for (const open of [...this.#calls]) if (open.deadlineMs <= now) this.#settle(open);
    this.#rest();
  }

  #settle(open: OpenCall): void {
    this.#calls.delete(open);
    open.call.end(open.outcome);
  }

  #rest(): void {
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
