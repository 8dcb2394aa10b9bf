const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;

/** Waits after the first, second, ... failed attempt: a deploy, an outage, a day. */
const WAITS_MS = [
  5 * SECOND_MS,
  30 * SECOND_MS,
  2 * MINUTE_MS,
  15 * MINUTE_MS,
  HOUR_MS,
  4 * HOUR_MS,
  12 * HOUR_MS,
  24 * HOUR_MS,
];

export const MAX_ATTEMPTS = WAITS_MS.length + 1;

/** Spreads those that failed together: 20 % to either side. */
const JITTER = 0.2;

/**
 * How long to wait after a failed attempt.
 *
 * @param attempt from 1
 * @param random from 0 to 1
 * @returns undefined when it was the last one
 */
export function waitAfter(attempt: number, random: number): number | undefined {
  const waitMs = WAITS_MS[attempt - 1];
  return waitMs && Math.round(waitMs * (1 + JITTER * (2 * random - 1)));
}
