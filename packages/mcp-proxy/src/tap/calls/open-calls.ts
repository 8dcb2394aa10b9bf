/** Calls that have begun and not ended. */

import type { RequestId } from "../messages/message.ts";
import type { RecordedCall } from "./recorded-call.ts";

/** One call, from its first request to its last answer. */
export interface OpenCall {
  readonly call: RecordedCall;
  /** When it was asked for first. */
  readonly startedAt: number;
  /** When this leg of it was asked for: a call that needed input is asked again. */
  legStartedAt: number;
  /** What earlier legs took; the time a person thought in between is not the server's. */
  workedMs: number;
  /** Set when a record was made before its end: the records of one call share it. */
  callId?: string;
  /** There is an `unresolved` record of it. */
  isGivenUp?: boolean;
}

/** Calls that are known by a key (a JSON-RPC id, a task id), oldest first, bounded. */
export class OpenCalls {
  readonly #calls = new Map<string, OpenCall>();
  readonly #limit: number;

  constructor(limit: number) {
    this.#limit = limit;
  }

  get size(): number {
    return this.#calls.size;
  }

  /** @returns the oldest call, when it had to make room */
  add(key: string, call: OpenCall): OpenCall | undefined {
    const displaced = this.#calls.get(key) ?? this.#oldestWhenFull();
    this.#calls.set(key, call);
    return displaced;
  }

  take(key: string): OpenCall | undefined {
    const call = this.#calls.get(key);
    if (call) this.#calls.delete(key);
    return call;
  }

  /** Calls that were asked for at `time` or before, still open. */
  *startedBefore(time: number): Generator<OpenCall> {
    for (const call of this.#calls.values()) {
      if (call.legStartedAt <= time) yield call;
    }
  }

  /** Takes out the calls that were asked for at `time` or before. */
  takeStartedBefore(time: number): readonly OpenCall[] {
    const taken: OpenCall[] = [];
    for (const [key, call] of this.#calls) {
      if (call.legStartedAt > time) continue;
      this.#calls.delete(key);
      taken.push(call);
    }
    return taken;
  }

  #oldestWhenFull(): OpenCall | undefined {
    if (this.#calls.size < this.#limit) return undefined;
    const [oldest] = this.#calls.keys();
    return oldest === undefined ? undefined : this.take(oldest);
  }
}

/** 1 and "1" are different ids. */
export function keyOfId(id: RequestId): string {
  return typeof id === "number" ? `n${id}` : `s${id}`;
}
