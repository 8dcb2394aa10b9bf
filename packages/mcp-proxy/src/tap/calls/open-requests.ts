/** Requests that were asked and not answered, and which of them an answer means. */
import type { RequestId } from "../messages/message.ts";
import type { OpenCall } from "./open-call.ts";

const MAX_CALLS = 10_000;
const MAX_ASIDES = 1_000;

/** Where something is asked and answered: an exchange of HTTP, or the one connection of stdio. */
export class Place {
  /** What was asked here and not answered. */
  readonly open = new Set<OpenRequest>();
  readonly isExchange: boolean;
  /** The trace in which the client makes the HTTP request. */
  readonly traceparent: string | undefined;
  hasAsked = false;
  /** It is over, and what was asked here may be answered in another one. */
  isLeft = false;

  constructor(isExchange = false, traceparent?: string) {
    this.isExchange = isExchange;
    this.traceparent = traceparent;
  }
}

/** A request that is no call, remembered only to know what its answer is. */
export interface Aside {
  readonly method: string;
  readonly taskId?: string;
}

export interface OpenRequest {
  readonly key: string;
  readonly place: Place;
  /** A call, or something beside it. */
  readonly what: { readonly call: OpenCall } | { readonly aside: Aside };
}

export class OpenRequests {
  readonly #byKey = new Map<string, OpenRequest[]>();
  readonly #calls = new Set<OpenRequest>();
  readonly #asides = new Set<OpenRequest>();

  /** Calls that are open. */
  get size(): number {
    return this.#calls.size;
  }

  /**
   * @param key of the id (keyOf)
   * @returns the call that is not waited for any more: of the same id, or the oldest of too many
   */
  add(key: string, place: Place, what: OpenRequest["what"]): OpenCall | undefined {
    const before = this.#byKey.get(key)?.find((one) => one.place === place);
    const isCall = "call" in what;
    const group = isCall ? this.#calls : this.#asides;
    const isFull = group.size >= (isCall ? MAX_CALLS : MAX_ASIDES);
    const [oldest] = isFull && !before ? group : [];
    const displaced = before ?? oldest;
    if (displaced) this.#remove(displaced);
    const request = { key, place, what };
    const others = this.#byKey.get(key);
    if (others) others.push(request);
    else this.#byKey.set(key, [request]);
    group.add(request);
    place.open.add(request);
    place.hasAsked = true;
    return displaced && callOf(displaced);
  }

  /** What an answer in a place means: the very id first, else the other type when only one has it. */
  take(id: RequestId, place: Place): OpenRequest | undefined {
    const found =
      this.#answeredBy(keyOf(id), place, false) ?? this.#answeredBy(otherKeyOf(id), place, true);
    if (found) this.#remove(found);
    return found;
  }

  /** The call of an id in any place, when only one can be meant. */
  takeCall(id: RequestId): OpenRequest | undefined {
    for (const key of [keyOf(id), otherKeyOf(id)]) {
      const calls = (this.#byKey.get(key) ?? []).filter((one) => "call" in one.what);
      const [only] = calls;
      if (!only) continue;
      if (calls.length > 1) return undefined;
      this.#remove(only);
      return only;
    }
    return undefined;
  }

  /** Takes out all that was asked in a place. */
  takeAll(place: Place): readonly OpenRequest[] {
    const all = [...place.open];
    for (const one of all) this.#remove(one);
    return all;
  }

  /** Calls whose leg began at `time` or before, oldest first. */
  *startedBefore(time: number): Generator<OpenCall> {
    for (const request of this.#calls) {
      const call = callOf(request);
      if (call && call.legStartedAt <= time) yield call;
    }
  }

  takeStartedBefore(time: number): readonly OpenCall[] {
    const taken: OpenCall[] = [];
    for (const request of this.#calls) {
      const call = callOf(request);
      if (!call || call.legStartedAt > time) continue;
      this.#remove(request);
      taken.push(call);
    }
    return taken;
  }

  #answeredBy(key: string, place: Place, isOtherType: boolean): OpenRequest | undefined {
    const all = this.#byKey.get(key);
    if (!all) return undefined;
    const here = all.filter((one) => one.place === place);
    const candidates = here.length > 0 ? here : this.#elsewhere(all, place);
    return isOtherType && candidates.length > 1 ? undefined : candidates[0];
  }

  /** An exchange that asked something itself answers others only when these are over. */
  #elsewhere(all: readonly OpenRequest[], place: Place): readonly OpenRequest[] {
    const left = all.filter((one) => one.place.isLeft);
    if (left.length > 0) return left;
    return place.hasAsked || all.length > 1 ? [] : all;
  }

  #remove(request: OpenRequest): void {
    const others = this.#byKey.get(request.key)?.filter((one) => one !== request) ?? [];
    if (others.length > 0) this.#byKey.set(request.key, others);
    else this.#byKey.delete(request.key);
    this.#calls.delete(request);
    this.#asides.delete(request);
    request.place.open.delete(request);
  }
}

/** Whether a call waits for its answer in a place. */
export function hasCalls(place: Place): boolean {
  for (const request of place.open) if ("call" in request.what) return true;
  return false;
}

export function callOf({ what }: OpenRequest): OpenCall | undefined {
  return "call" in what ? what.call : undefined;
}

/** 1 and "1" are different ids. */
export function keyOf(id: RequestId): string {
  return typeof id === "string" ? `s${id}` : `n${id}`;
}

/** The same id as a server writes it that takes all ids for text, or all for numbers. */
function otherKeyOf(id: RequestId): string {
  return typeof id === "string" ? `n${id}` : `s${id}`;
}
