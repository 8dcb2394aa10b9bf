import { isoTime } from "../http/iso-time.ts";

/** When sessions began that an answer is about. */
export interface ProfileRange {
  readonly sinceMs: number | undefined;
  readonly untilMs: number | undefined;
}

export function rangeAnswer({ sinceMs, untilMs }: ProfileRange) {
  return { since: isoTime(sinceMs), until: isoTime(untilMs) };
}
