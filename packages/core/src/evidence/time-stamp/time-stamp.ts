/** Time-stamps (RFC 3161) of signed heads, as a bundle holds them. */
import type { Sha256 } from "../rules/platform.ts";
import { type Clocks, type TimeFault, timeFaultOf } from "../verify/signed-by.ts";
import type { SignedHead } from "../verify/signed-heads.ts";

/** A reply that is longer is not read; those of authorities with a long chain have about 8 kB. */
export const MAX_TIME_STAMP_BYTES = 65_536;

/** Why a time-stamp says nothing. */
export type TimeStampFault =
  /** No authority was named to check it by. */
  | "unchecked"
  | "too_long"
  /** It is no reply, or another signature than its own stands in it. */
  | "malformed"
  /** The authority said no. */
  | "rejected"
  /** It is for something else than a signed head of this bundle. */
  | "other_imprint"
  /** No certificate of a named authority leads to the one that signed it. */
  | "unknown_authority"
  /** The certificate that signed it is not one for time-stamps. */
  | "wrong_usage"
  /** A certificate was not valid at the time that the time-stamp gives. */
  | "outside_validity";

/** A time-stamp by itself: whose it is, of what and when. */
export interface CheckedTimeStamp {
  /** Its name in the bundle. */
  readonly file: string;
  readonly fault: TimeStampFault | null;
  /** SHA-256 of what was stamped, as hex; null where there is a fault. */
  readonly imprint: string | null;
  /** The name in the certificate that signed it; null where there is a fault. */
  readonly authority: string | null;
  /**
   * The latest second since 1970 at which it can have been made: what the authority says and its own
   * accuracy; null where there is a fault.
   */
  readonly timeSeconds: number | null;
}

/** A time-stamp in a bundle. */
export interface TimeStamp extends Omit<CheckedTimeStamp, "imprint"> {
  /** How many records the stamped head is over; null where there is a fault. */
  readonly size: number | null;
  /** Null when the time can be. */
  readonly timeFault: TimeFault | null;
}

/**
 * What the time-stamps of a bundle say about its heads.
 *
 * @param files their names in the bundle
 * @param checked what each of them is by itself; undefined when no authority was named
 */
export function timeStampsOf(
  files: Iterable<string>,
  checked: readonly CheckedTimeStamp[] | undefined,
  heads: readonly SignedHead[],
  clocks: Clocks,
  sha256: Sha256,
): readonly TimeStamp[] {
  const sizes = new Map<string, number>();
  if (checked) for (const { note, size } of heads) sizes.set(sha256(note.text), size);
  return [...files].map((file) => {
    const known = checked?.find((one) => one.file === file);
    if (known === undefined) return faulty(file, "unchecked");
    const { fault, imprint, authority, timeSeconds } = known;
    if (fault !== null) return faulty(file, fault);
    const size = sizes.get(imprint ?? "");
    if (size === undefined) return faulty(file, "other_imprint");
    return {
      file,
      fault,
      authority,
      timeSeconds,
      size,
      timeFault: timeFaultOf(timeSeconds, size, clocks),
    };
  });
}

function faulty(file: string, fault: TimeStampFault): TimeStamp {
  return { file, fault, authority: null, timeSeconds: null, size: null, timeFault: null };
}

/** Whether all that is there was there at the time of a time-stamp. */
export function isTimeStamped(stamps: readonly TimeStamp[], records: number): boolean {
  return stamps.some(
    ({ fault, timeFault, size }) => fault === null && timeFault === null && (size ?? 0) >= records,
  );
}
