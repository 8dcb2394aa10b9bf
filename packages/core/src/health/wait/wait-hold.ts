import { LONGEST_PERIOD, LONGEST_WAIT } from "../memory/layout.ts";
import { timeAt } from "../memory/moment.ts";
import type { PeriodRing } from "../signals/period-ring.ts";
import { keepsWaiting, slowsDown } from "../signals/rhythm.ts";
import { has, TRAIT } from "../step/trait.ts";
import { paceOf } from "./pace.ts";

/** A wait is believed without a word up to this many cycles. */
export const PATIENCE_CYCLES = 14;
/** From here on the regime says that nothing moves. */
export const TIRESOME_CYCLES = 6;
/** From here on it has lost its sense: an hour of one look a minute, or as many quick looks. */
const SENSELESS = { cycles: 60, ms: 59 * 60_000 } as const;

/** Who asks how something stands waits when it is this long, or longer than its work takes. */
const ASKING_GAP_MS = 10_000;
const ASKING_PACE = 1.5;
const SHORTEST_WAIT_MS = 3_000;
/** Who looks at anything else waits when it is this long, and far longer than its work takes. */
const LOOKING_GAP_MS = 20_000;
const LOOKING_PACE = 2;

/**
 * Decides whether a repeating pattern is a patient wait: it asks how something stands, or looks ever
 * less often, or looks seldom, seen beside the session's own pace.
 */
export function holdWait(memory: Float64Array, ring: PeriodRing): void {
  for (let period = 1; period <= LONGEST_WAIT; period++) {
    const slot = ring.holds + period - 1;
    const isPattern = ring.matches(memory, period) >= period;
    memory[slot] = isPattern ? heldGap(memory, ring, period, memory[slot] ?? 0) : 0;
  }
}

/** The longest gap of the wait that a pattern is, and one more, so that one without is a wait too. */
function heldGap(memory: Float64Array, ring: PeriodRing, period: number, slowest: number): number {
  const gaps = gapsMs(memory, ring, period);
  return isWait(memory, ring, period, gaps, slowest) ? Math.max(slowest, 1 + (gaps[0] ?? 0)) : 0;
}

/** The cycles of the wait that this pattern is, 0 when it is none or has lost its sense. */
export function waitCycles(memory: Float64Array, ring: PeriodRing, period: number): number {
  if (period > LONGEST_WAIT || (memory[ring.holds + period - 1] ?? 0) === 0) return 0;
  const cycles = ring.cycles(memory, period);
  return cycles >= SENSELESS.cycles && isSenseless(memory, ring, period) ? 0 : cycles;
}

function isSenseless(memory: Float64Array, ring: PeriodRing, period: number): boolean {
  const latestMs = ring.beat.timeAgo(memory, 0);
  const sinceMs = timeAt(ring.firstMoment(memory, period)) ?? 0;
  const isQuick = latestMs - ring.beat.timeAgo(memory, period) < LOOKING_GAP_MS;
  return isQuick || latestMs - sinceMs >= SENSELESS.ms;
}

/** The cycles of the longest wait in a ring, 0 when there is none. */
export function longestWait(memory: Float64Array, ring: PeriodRing): number {
  let cycles = 0;
  for (let period = 1; period <= LONGEST_WAIT; period++) {
    cycles = Math.max(cycles, waitCycles(memory, ring, period));
  }
  return cycles;
}

/** The first step of that wait. */
export function firstWaitStep(memory: Float64Array, ring: PeriodRing): number | undefined {
  const longest = longestWait(memory, ring);
  for (let period = 1; period <= LONGEST_WAIT; period++) {
    if (waitCycles(memory, ring, period) === longest) return ring.firstStep(memory, period);
  }
  return undefined;
}

function isWait(
  memory: Float64Array,
  ring: PeriodRing,
  period: number,
  gaps: readonly number[],
  slowest: number,
): boolean {
  const [latest] = gaps;
  // Without a clock, or with one that steps back, nothing is believed.
  if (latest === undefined || isHopeless(memory, ring, period)) return false;
  const traits = ring.beat.traits(memory, period);
  if (period > 2 && has(traits, TRAIT.write | TRAIT.act)) return false;
  const pause = pauseMs(memory, ring, period);
  const fails = has(traits, TRAIT.failing);
  if (!fails && has(traits, TRAIT.wait) && asksSeldom(memory, pause, period)) return true;
  const cycles = ring.cycles(memory, period);
  if (cycles < 3) return false;
  // The first gap of the pattern is that between its first two steps.
  if (slowsDown(gaps, cycles - 1)) return true;
  if (!fails && looksSeldom(memory, pause, period, traits)) return true;
  return slowest > 0 && keepsWaiting(latest, slowest);
}

/** Whether looks that are so far apart are those of who waits, and not the pace of the session. */
export function looksPatient(memory: Float64Array, pauseMs: number, traits: number): boolean {
  if (has(traits, TRAIT.failing)) return false;
  if (has(traits, TRAIT.wait) && asksSeldom(memory, pauseMs, 1)) return true;
  return looksSeldom(memory, pauseMs, 1, traits);
}

function asksSeldom(memory: Float64Array, pauseMs: number, period: number): boolean {
  if (pauseMs >= ASKING_GAP_MS) return true;
  return pauseMs >= SHORTEST_WAIT_MS && paceOf(memory, pauseMs, ASKING_PACE, period) === "slower";
}

/** A slow model is not waiting: what is seldom for one session is the pace of another. */
function looksSeldom(
  memory: Float64Array,
  pauseMs: number,
  period: number,
  traits: number,
): boolean {
  if (pauseMs < LOOKING_GAP_MS || has(traits, TRAIT.write | TRAIT.act)) return false;
  const pace = paceOf(memory, pauseMs, LOOKING_PACE, period);
  return pace === "slower" || (pace === "unknown" && has(traits, TRAIT.remote));
}

/** What fails for good is not waited for; what may pass is, if later each time. */
function isHopeless(memory: Float64Array, ring: PeriodRing, period: number): boolean {
  for (let ago = 0; ago < period; ago++) {
    const traits = ring.beat.traitsAgo(memory, ago);
    if (has(traits, TRAIT.failing) && !has(traits, TRAIT.passing)) return true;
  }
  return false;
}

/** The longest time between two steps of the last cycle: who looks at three things looks at once. */
function pauseMs(memory: Float64Array, ring: PeriodRing, period: number): number {
  let longest = 0;
  for (let ago = 0; ago < period; ago++) {
    const pause = ring.beat.timeAgo(memory, ago) - ring.beat.timeAgo(memory, ago + 1);
    longest = Math.max(longest, pause);
  }
  return longest;
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
