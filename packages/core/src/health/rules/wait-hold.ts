import { LONGEST_PERIOD } from "../memory/layout.ts";
import { has, TRAIT } from "../signals/trait.ts";
import type { PeriodRing } from "./period-ring.ts";

/** A wait is believed up to this many cycles. */
export const PATIENCE_CYCLES = 14;
/** From here on the regime says that nothing moves. */
export const TIRESOME_CYCLES = 6;

/** Longest period that can be a wait: sleep and look. */
const LONGEST_WAIT = 2;
const GROWTH = 1.2;
/** Two gaps that grow by chance seldom grow by this much, and by about the same factor. */
const STEADY_GROWTH = 1.4;
const ALIKE = 1.5;
/** A cadence that shrinks by more than this is no longer the cadence of a wait. */
const SHRINKAGE = 0.8;
const SLOWEST_WORK_MS = 3_000;
const LONG_GAP_MS = 20_000;

/**
 * Decides whether a repeating pattern is a patient wait: no error in it, and it sleeps, or looks
 * ever less often, or looks seldom and gets a short answer.
 */
export function holdWait(memory: Float64Array, ring: PeriodRing): void {
  for (let period = 1; period <= LONGEST_WAIT; period++) {
    const slot = ring.holds + period - 1;
    const slowest = memory[slot] ?? 0;
    const isPattern = ring.cycles(memory, period) >= 2;
    const gaps = isPattern ? gapsMs(memory, ring, period) : [];
    const holds = isPattern && isWait(memory, ring, period, gaps, slowest);
    // One more than the gap, so that a wait without a gap is a wait too.
    memory[slot] = holds ? Math.max(slowest, 1 + (gaps[0] ?? 0)) : 0;
  }
}

/** Whether `holdWait` holds the pattern of this period back. */
export function isHeld(memory: Float64Array, ring: PeriodRing, period: number): boolean {
  if (period > LONGEST_WAIT || (memory[ring.holds + period - 1] ?? 0) === 0) return false;
  return ring.cycles(memory, period) < PATIENCE_CYCLES;
}

/** The cycles of the wait that is held back, 0 when none is. */
export function heldCycles(memory: Float64Array, ring: PeriodRing): number {
  let cycles = 0;
  for (let period = 1; period <= LONGEST_WAIT; period++) {
    if (isHeld(memory, ring, period)) cycles = Math.max(cycles, ring.cycles(memory, period));
  }
  return cycles;
}

function isWait(
  memory: Float64Array,
  ring: PeriodRing,
  period: number,
  gaps: readonly number[],
  slowest: number,
): boolean {
  const cycles = ring.cycles(memory, period);
  const traits = ring.beat.traits(memory, period);
  const [latest, before] = gaps;
  // Without a clock, or with one that steps back, nothing is believed.
  if (latest === undefined || hasError(memory, ring, period)) return false;
  const isLimited = has(traits, TRAIT.limited);
  if (has(traits, TRAIT.wait) && !isLimited) return true;
  if (cycles < 3 || before === undefined) return false;
  // The first gap of the pattern is that between its first two steps.
  if (growsSteadily(gaps.slice(0, cycles - 1)) || growsThrice(gaps)) return true;
  const seldom = gaps.length >= 3 && Math.min(...gaps.slice(0, 3)) >= LONG_GAP_MS;
  if (seldom && !has(traits, TRAIT.bulky | TRAIT.write | TRAIT.limited)) return true;
  return slowest > 0 && latest >= SLOWEST_WORK_MS && latest >= slowest * SHRINKAGE;
}

/** "Come back later" is an answer, and who then comes back later waits. */
function hasError(memory: Float64Array, ring: PeriodRing, period: number): boolean {
  for (let ago = 0; ago < period; ago++) {
    const traits = ring.beat.traitsAgo(memory, ago);
    if (has(traits, TRAIT.failing) && !has(traits, TRAIT.limited)) return true;
  }
  return false;
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

/** The last times between one cycle and the next, latest first, at most 4; none without a clock. */
function gapsMs(memory: Float64Array, ring: PeriodRing, period: number): readonly number[] {
  const gaps: number[] = [];
  for (let ago = 0; ago + period < LONGEST_PERIOD && gaps.length < 4; ago += period) {
    const to = ring.beat.timeAgo(memory, ago);
    const from = ring.beat.timeAgo(memory, ago + period);
    if (from <= 0 || to < from) break;
    gaps.push(to - from);
  }
  return gaps;
}
