import { has, TRAIT } from "../signals/trait.ts";
import type { PeriodRing } from "./period-ring.ts";

/** A wait is believed up to this many cycles. */
export const PATIENCE_CYCLES = 14;
/** From here on the regime says that nothing moves. */
export const TIRESOME_CYCLES = 6;

/** Longest period that can be a wait: sleep and look. */
const LONGEST_WAIT = 2;
const GROWTH = 1.2;
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
    memory[slot] = isWait(memory, ring, period, memory[slot] === 1) ? 1 : 0;
  }
}

/** Whether `holdWait` holds the pattern of this period back. */
export function isHeld(memory: Float64Array, ring: PeriodRing, period: number): boolean {
  if (period > LONGEST_WAIT || memory[ring.holds + period - 1] !== 1) return false;
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

function isWait(memory: Float64Array, ring: PeriodRing, period: number, waited: boolean): boolean {
  if (ring.matches(memory, period) < period) return false;
  const traits = ring.traits(memory, period);
  if (has(traits, TRAIT.failing)) return false;
  const [latest, before, first] = gapsMs(memory, ring, period);
  if (latest === undefined || latest < 0) return false;
  if (has(traits, TRAIT.wait)) return true;
  if (before === undefined || first === undefined || before <= 0 || first <= 0) return false;
  if (ring.cycles(memory, period) < 3) return false;
  if (waited) return latest >= SLOWEST_WORK_MS && latest >= before * SHRINKAGE;
  if (latest >= SLOWEST_WORK_MS && latest >= before * GROWTH && before >= first * GROWTH) {
    return true;
  }
  const seldom = Math.min(latest, before, first) >= LONG_GAP_MS;
  return seldom && !has(traits, TRAIT.bulky | TRAIT.write);
}

/** The last three times between one cycle and the next, latest first. */
function gapsMs(
  memory: Float64Array,
  ring: PeriodRing,
  period: number,
): readonly (number | undefined)[] {
  const times = [0, 1, 2, 3].map((cycle) => ring.timeMs(memory, cycle * period));
  return [0, 1, 2].map((cycle) => {
    const to = times[cycle] ?? 0;
    const from = times[cycle + 1] ?? 0;
    return to > 0 && from > 0 ? to - from : undefined;
  });
}
