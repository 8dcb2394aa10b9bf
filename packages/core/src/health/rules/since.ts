import { LONGEST_PERIOD } from "../memory/layout.ts";
import { stepAt, timeAt } from "../memory/moment.ts";
import { callBeat, stepBeat } from "../signals/beat.ts";
import { RUNS } from "../signals/runs.ts";
import { TRIES } from "../signals/tries.ts";
import { RINGS } from "./rings.ts";

/**
 * When a step was, in milliseconds since 1970: known of the last 8 steps and calls, and of the first
 * step of whatever stands. Of an older one, the first later step whose time is known answers; without
 * a clock, nothing does.
 */
export function timeOfStep(slots: Float64Array, step: number): number | undefined {
  let nearest = Number.POSITIVE_INFINITY;
  for (const moment of moments(slots)) {
    if (stepAt(moment) >= step && moment < nearest && timeAt(moment) !== undefined) {
      nearest = moment;
    }
  }
  return timeAt(nearest);
}

function* moments(slots: Float64Array): Generator<number> {
  for (let ago = 0; ago < LONGEST_PERIOD; ago++) {
    yield stepBeat.momentAgo(slots, ago);
    yield callBeat.momentAgo(slots, ago);
  }
  for (const run of [...RUNS, ...TRIES]) yield run.firstMoment(slots);
  for (const ring of RINGS) {
    for (let period = 1; period <= LONGEST_PERIOD; period++) yield ring.firstMoment(slots, period);
  }
}
