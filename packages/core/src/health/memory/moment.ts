/**
 * A step and when it was, in one number: the step before the point, seconds since 1970 behind it.
 *
 * Exact up to two million steps; beyond, the step stays exact and the time gets coarser.
 */

const SECONDS = 2 ** 32;

/** @param atMs milliseconds since 1970; 0 where there is no clock */
export function momentOf(step: number, atMs: number): number {
  const seconds = Math.floor(atMs / 1_000);
  return seconds > 0 && seconds < SECONDS ? step + seconds / SECONDS : step;
}

export function stepAt(moment: number): number {
  return Math.floor(moment);
}

/** Milliseconds since 1970, to the second; undefined where there was no clock. */
export function timeAt(moment: number): number | undefined {
  if (!Number.isFinite(moment)) return undefined;
  const seconds = Math.round((moment - stepAt(moment)) * SECONDS);
  return seconds === 0 ? undefined : seconds * 1_000;
}
