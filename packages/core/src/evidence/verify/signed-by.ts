import { logOriginOf } from "../note/checkpoint.ts";
import type { SignedHead } from "./signed-heads.ts";

/** Clocks of recorders and witnesses may differ by so much, in seconds. */
const CLOCK_SKEW_SECONDS = 600;

/** Why a time cannot be when the tree was seen. */
export type TimeFault = "before_records" | "in_future";

/** What one key signed in this bundle. */
export interface SignedBy {
  readonly name: string;
  readonly keyId: string;
  readonly role: "signed" | "co-signed";
  /** Smallest and largest size signed: from where on a rewrite would contradict this key. */
  readonly since: number;
  readonly upTo: number;
  /**
   * When the key says that it saw the tree of size `upTo`, the earliest time that it says, in seconds
   * since 1970; null where its signatures carry no time.
   */
  readonly timeSeconds: number | null;
  /** Null when the time can be. */
  readonly timeFault: TimeFault | null;
}

/** What times are held against. */
export interface Clocks {
  /** The latest timestamp among the records of a signed size; undefined when it is not known. */
  readonly latestAt: (size: number) => string | undefined;
  readonly nowMs: number;
}

/** What each key signed, in the order in which they are found. */
export function signedBy(heads: readonly SignedHead[], clocks: Clocks): readonly SignedBy[] {
  const byKey = new Map<string, SignedBy>();
  for (const { size, signatures, origin, parsedOrigin } of heads) {
    const own = [parsedOrigin.keyName, logOriginOf(origin)];
    for (const { key, timeSeconds = null } of signatures) {
      const timeFault = timeFaultOf(timeSeconds, size, clocks);
      const role = own.includes(key.name) ? "signed" : "co-signed";
      const { name, id: keyId } = key;
      const one = { name, keyId, role, since: size, upTo: size, timeSeconds, timeFault } as const;
      const before = byKey.get(key.text);
      byKey.set(key.text, before === undefined ? one : together(before, one));
    }
  }
  return [...byKey.values()];
}

/** @param one of one size */
function together(before: SignedBy, one: SignedBy): SignedBy {
  const isEarlier = one.upTo === before.upTo && isBefore(one.timeSeconds, before.timeSeconds);
  const told = one.upTo > before.upTo || isEarlier ? one : before;
  return { ...told, since: Math.min(before.since, one.since) };
}

function isBefore(time: number | null, other: number | null): boolean {
  return time !== null && other !== null && time < other;
}

/** Why a time, in seconds since 1970, cannot be when the tree of this size was seen. */
export function timeFaultOf(time: number | null, size: number, clocks: Clocks): TimeFault | null {
  if (time === null) return null;
  if (time > clocks.nowMs / 1_000 + CLOCK_SKEW_SECONDS) return "in_future";
  const latest = clocks.latestAt(size);
  const limit = new Date((time + CLOCK_SKEW_SECONDS) * 1_000).toISOString();
  // Timestamps of one form are in the order of their text.
  return latest !== undefined && latest > limit ? "before_records" : null;
}
