import { LONGEST_PERIOD } from "../memory/layout.ts";
import { timeAt } from "../memory/moment.ts";
import { callBeat, stepBeat } from "../signals/beat.ts";
import { RUNS } from "../signals/runs.ts";
import { SCANT_RUNS } from "../signals/scant.ts";
import { TRIES } from "../signals/tries.ts";
import { RINGS } from "./rings.ts";

/**
 * When a step was, in milliseconds since 1970: known of the last 8 steps and calls, and of the first
 * step of whatever stands. Of an older one, the first later step whose time is known answers; without
 * a clock, nothing does.
 */
export function timeOfStep(slots: Float64Array, step: number): number | undefined {
  let nearest = Number.POSITIVE_INFINITY;
  for (let ago = 0; ago < LONGEST_PERIOD; ago++) {
    nearest = nearer(nearest, stepBeat.momentAgo(slots, ago), step);
    nearest = nearer(nearest, callBeat.momentAgo(slots, ago), step);
  }
  for (const run of FIRSTS) nearest = nearer(nearest, run.firstMoment(slots), step);
  for (const ring of RINGS) {
    for (let period = 1; period <= LONGEST_PERIOD; period++) {
      nearest = nearer(nearest, ring.firstMoment(slots, period), step);
    }
  }
  return timeAt(nearest);
}

const FIRSTS = [...RUNS, ...TRIES, ...SCANT_RUNS];

/** The earlier of two moments, as far as the other has a time and is not before the step. */
function nearer(nearest: number, moment: number, step: number): number {
  const fits = moment >= step && moment < nearest && timeAt(moment) !== undefined;
  return fits ? moment : nearest;
}
