import { SLOT } from "../memory/layout.ts";
import type { Step } from "../step/step.ts";

/** Two gaps that grow by chance seldom grow by this much, and by about the same factor. */
const STEADY_GROWTH = 1.4;
const ALIKE = 1.5;
const GROWTH = 1.2;
/** A cadence that shrinks by more than this is no longer the cadence of a wait. */
const SHRINKAGE = 0.8;
const SLOWEST_WORK_MS = 3_000;

/** Whether who comes again after these gaps, latest first, comes back later each time. */
export function slowsDown(gaps: readonly number[], inPattern: number): boolean {
  return growsSteadily(gaps.slice(0, inPattern)) || growsThrice(gaps);
}

/** Whether a gap still belongs to a wait whose longest gap so far was `slowest`. */
export function keepsWaiting(gapMs: number, slowest: number): boolean {
  return gapMs >= SLOWEST_WORK_MS && gapMs >= slowest * SHRINKAGE;
}

/** Whether two gaps of the pattern in a row grew by about the same factor. */
function growsSteadily(gaps: readonly number[]): boolean {
  const [latest = 0, before = 0, first = 0] = gaps;
  if (latest < SLOWEST_WORK_MS || first === 0) return false;
  const now = latest / before;
  const then = before / first;
  return Math.min(now, then) >= STEADY_GROWTH && Math.max(now, then) <= ALIKE * Math.min(now, then);
}

/** Whether three gaps in a row grew, the first of them from whatever was before. */
function growsThrice(gaps: readonly number[]): boolean {
  const [latest = 0, before = 0, first = 0, earlier = 0] = gaps;
  if (first < SLOWEST_WORK_MS || earlier === 0) return false;
  return Math.min(latest / before, before / first, first / earlier) >= GROWTH;
}

const LAST_MS = SLOT.rhythm;
const GAPS = SLOT.rhythm + 1;
const KNOWN_GAPS = 3;
const BYTES = SLOT.rhythm + 4;
/** Two messages of one error differ by no more than this: an id, a name, a time. */
const SIMILAR_BYTES = 64;
const SIMILAR_SHARE = 0.2;

/** Whether what a failing call says is about as long as what it said before. */
export function saysAsMuch(memory: Float64Array, bytes: number): boolean {
  const before = memory[BYTES] ?? 0;
  return Math.abs(bytes - before) <= Math.max(SIMILAR_BYTES, SIMILAR_SHARE * before);
}

/** Notes when a failing call was made again, or for the first time. */
export function learnRhythm(
  memory: Float64Array,
  again: boolean,
  { atMs = 0, resultBytes = 0 }: Step,
): void {
  const last = memory[LAST_MS] ?? 0;
  memory.copyWithin(GAPS + 1, GAPS, GAPS + KNOWN_GAPS - 1);
  memory[GAPS] = again && last > 0 && atMs > last ? atMs - last : 0;
  if (!again) memory.fill(0, GAPS, GAPS + KNOWN_GAPS);
  memory[LAST_MS] = atMs;
  memory[BYTES] = resultBytes;
}

/** Whether a failing call is made again later each time. */
export function backsOff(memory: Float64Array): boolean {
  return slowsDown([...memory.subarray(GAPS, GAPS + KNOWN_GAPS)], KNOWN_GAPS);
}
