/** What `caum gate` says of a workflow against itself, and against itself with more loops. */
import { decideGate } from "@caum/workflows";
import { moreLoops } from "./changes.ts";
import { type Profiles, ShuffledHistory, type Workflow } from "./workflow.ts";

export const BASELINE = 1_000;
export const CANDIDATE = 200;
/** Where more of the baseline's sessions loop, no test finds 5 points more of 200 that often. */
export const FEW_LOOPS = 0.05;

export interface GateFigures {
  readonly workflow: string;
  /** Share of its sessions that have a loop. */
  readonly looping: number;
  readonly resamples: number;
  /** Resamples that pass against the workflow itself. */
  readonly passed: number;
  /** Resamples with a loop added to 5 % of the sessions that are found. */
  readonly found: number;
}

export function gateFigures(
  { name, sessions }: Workflow,
  profiles: Profiles,
  resamples: number,
): GateFigures {
  const looping = sessions.filter((session) => profiles.of(session).loops > 0).length;
  let [passed, found] = [0, 0];
  for (let seed = 1; seed <= resamples; seed++) {
    const history = new ShuffledHistory(sessions, profiles, seed);
    const draw = (count: number, change?: typeof moreLoops) =>
      Array.from({ length: count }, () => history.next(sessions, change));
    const baseline = draw(BASELINE);
    if (decideGate(baseline, draw(CANDIDATE), {}).outcome === "passed") passed += 1;
    if (decideGate(baseline, draw(CANDIDATE, moreLoops), {}).outcome === "found") found += 1;
  }
  return { workflow: name, looping: looping / sessions.length, resamples, passed, found };
}
