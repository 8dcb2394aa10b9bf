import type { Status } from "../capture/record.ts";
import type { ModelCall } from "./model-call.ts";

const MAX_OPEN = 1_000;
const SWEEP_EVERY_MS = 5_000;

interface OpenCall {
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
export class OpenCalls {
  readonly #clock: () => number;
  readonly #calls = new Map<string, OpenCall>();
  #timer: NodeJS.Timeout | undefined;

  constructor(clock: () => number) {
    this.#clock = clock;
  }

  add(key: string, call: ModelCall, outcome: OpenCall["outcome"], patienceMs: number): void {
    this.#settle(key);
    this.#calls.set(key, { call, outcome, deadlineMs: this.#clock() + patienceMs });
    if (this.#calls.size > MAX_OPEN) {
      const [oldest] = this.#calls.keys();
      if (oldest !== undefined) this.#settle(oldest);
    }
    this.#timer ??= setInterval(() => this.#sweep(), SWEEP_EVERY_MS).unref();
  }

  /** The call is in other hands now. */
  take(key: string): ModelCall | undefined {
    const open = this.#calls.get(key);
    this.#calls.delete(key);
    this.#rest();
    return open?.call;
  }

  /** Gives up on everything. */
  settle(): void {
    for (const key of [...this.#calls.keys()]) this.#settle(key);
    this.#rest();
  }

  #sweep(): void {
    const now = this.#clock();
    for (const [key, { deadlineMs }] of [...this.#calls]) if (deadlineMs <= now) this.#settle(key);
    this.#rest();
  }

  #settle(key: string): void {
    const open = this.#calls.get(key);
    this.#calls.delete(key);
    open?.call.end(open.outcome);
  }

  #rest(): void {
    if (this.#calls.size > 0) return;
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
