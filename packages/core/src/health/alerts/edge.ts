import type { Assessment } from "../assessment.ts";

/** What one tier, uds or regime alert of one session remembers. JSON-safe. */
export interface AlertState {
  readonly standing: boolean;
  /** Steps in a row for which the condition held. */
  readonly held: number;
  readonly step: number;
}

export const QUIET: AlertState = { standing: false, held: 0, step: 0 };

/**
 * Moves an alert by one assessment. It enters with the step with which its condition begins to hold,
 * or, given a dwell, when it has held for so many steps; while a hard rule stands, at once. It leaves
 * when the condition no longer holds. A record that is no step moves nothing.
 *
 * Compare `standing` before and after to see an edge.
 */
export function moveAlert(
  state: AlertState,
  assessment: Pick<Assessment, "step" | "publicClass">,
  holds: boolean,
  dwellSteps = 0,
): AlertState {
  const { step, publicClass } = assessment;
  if (step <= state.step && publicClass !== "hard_alert") return state;
  if (!holds) return { standing: false, held: 0, step };
  const held = step > state.step ? state.held + 1 : state.held;
  const enters = publicClass === "hard_alert" || held >= dwellSteps;
  return { standing: state.standing || enters, held, step };
}

/** Steps for which tier T4 or T5 must hold before everybody is alerted of it. */
const DWELL_STEPS = 3;
/** Before this step a score says too little to alert everybody. */
const FROM_STEP = 10;

/**
 * Moves the alert that every session has, with or without rules: a hard rule stands, or the session
 * has been in tier T4 or T5 for 3 steps, counted from step 10.
 */
export function followAlert(
  state: AlertState,
  assessment: Pick<Assessment, "step" | "publicClass" | "tier">,
): AlertState {
  const { publicClass, tier, step } = assessment;
  const isLow = (tier === "T4" || tier === "T5") && step >= FROM_STEP;
  return moveAlert(state, assessment, publicClass === "hard_alert" || isLow, DWELL_STEPS);
}
