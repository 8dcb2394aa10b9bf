/** Loops alone, by how often a workflow loops anyway: what traces cannot show, having few rates. */
import {
  decodeState,
  encodeState,
  hasDrifted,
  type SessionProfile,
  WorkflowState,
} from "@caum/workflows";
import { BEFORE, LEARNING, MONTH, SOON } from "./periods.ts";
import { type Random, randomFrom } from "./random.ts";

const MORE = 0.05;

export interface LoopRateFigures {
  readonly rate: number;
  readonly runs: number;
  readonly inFirstMonth: number;
  readonly inLaterMonth: number;
  /** Found within `SOON` sessions after so many more of them loop: five in a hundred. */
  readonly soon: number;
}

/** @param profile any session; only its loops change */
export function loopRateFigures(
  profile: SessionProfile,
  rate: number,
  runs: number,
): LoopRateFigures {
  const random = randomFrom(Math.round(rate * 10_000) + 17);
  let [inFirstMonth, inLaterMonth, soon] = [0, 0, 0];
  for (let run = 0; run < runs; run++) {
    const early = new WorkflowState();
    if (isFound(early, LEARNING + MONTH, profile, rate, random)) inFirstMonth += 1;
    const quiet = quietState(profile, rate, random);
    if (isFound(decodeState(quiet), MONTH, profile, rate, random)) inLaterMonth += 1;
    if (isFound(decodeState(quiet), SOON, profile, rate + MORE, random)) soon += 1;
  }
  return { rate, runs, inFirstMonth, inLaterMonth, soon };
}

function isFound(
  state: WorkflowState,
  sessions: number,
  profile: SessionProfile,
  rate: number,
  random: Random,
): boolean {
  for (let count = 0; count < sessions && !hasDrifted(state); count++) {
    state.take({ ...profile, loops: random() < rate ? 1 : 0 });
  }
  return hasDrifted(state);
}

function quietState(profile: SessionProfile, rate: number, random: Random): Uint8Array {
  for (;;) {
    const state = new WorkflowState();
    if (!isFound(state, BEFORE, profile, rate, random)) return encodeState(state);
  }
}
