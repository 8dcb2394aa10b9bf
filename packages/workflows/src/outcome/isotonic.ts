/** A step function that never falls: the best one for what was seen (pool adjacent violators). */

export interface Outcome {
  /** failure_risk of the session, from 0 to 1. */
  readonly risk: number;
  readonly failed: boolean;
}

/** Sessions from one risk to the next, and how many of them failed. */
export interface RiskStep {
  /** The lowest risk of the step; it holds up to that of the next. */
  readonly fromRisk: number;
  readonly sessions: number;
  readonly failures: number;
}

/** A step of fewer sessions says too little to stand alone. */
const FEWEST = 10;

/** @param outcomes in any order; at least one */
export function isotonic(outcomes: readonly Outcome[]): readonly RiskStep[] {
  const steps: RiskStep[] = [];
  for (const step of byRisk(outcomes)) {
    steps.push(step);
    mergeWhile(steps, (before, after) => shareOf(before) >= shareOf(after));
  }
  return wideEnough(steps);
}

/** Sessions with the same risk are one step. */
function byRisk(outcomes: readonly Outcome[]): readonly RiskStep[] {
  const steps: RiskStep[] = [];
  for (const { risk, failed } of outcomes.toSorted((one, other) => one.risk - other.risk)) {
    steps.push({ fromRisk: risk, sessions: 1, failures: failed ? 1 : 0 });
    mergeWhile(steps, (before) => before.fromRisk === risk);
  }
  return steps;
}

function wideEnough(steps: readonly RiskStep[]): readonly RiskStep[] {
  const wide: RiskStep[] = [];
  for (const step of steps) {
    wide.push(step);
    mergeWhile(wide, (before) => before.sessions < FEWEST);
  }
  mergeWhile(wide, (_, after) => after.sessions < FEWEST);
  return wide;
}

function mergeWhile(
  steps: RiskStep[],
  belongs: (before: RiskStep, after: RiskStep) => boolean,
): void {
  for (;;) {
    const [before, after] = [steps.at(-2), steps.at(-1)];
    if (before === undefined || after === undefined || !belongs(before, after)) return;
    steps.splice(-2, 2, joined(before, after));
  }
}

const shareOf = ({ failures, sessions }: RiskStep): number => failures / sessions;

function joined(before: RiskStep, after: RiskStep): RiskStep {
  return {
    fromRisk: before.fromRisk,
    sessions: before.sessions + after.sessions,
    failures: before.failures + after.failures,
  };
}

/**
 * How likely a session with this risk fails. A step is never sure: half a failure and half a success
 * are added to it.
 */
export function chanceOf(steps: readonly RiskStep[], risk: number): number {
  let chance = 0;
  for (const [at, { fromRisk, sessions, failures }] of steps.entries()) {
    if (at > 0 && fromRisk > risk) break;
    // Of steps that never fall, what is added must not make one fall either.
    chance = Math.max(chance, (failures + 0.5) / (sessions + 1));
  }
  return chance;
}
