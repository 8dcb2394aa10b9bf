import type { Assessment } from "../assessment.ts";

/** Steps for which a condition must hold before it is an alert. */
const DWELL_STEPS = 3;
/** Before this step a score says too little. */
const FROM_STEP = 10;

/** What one tier, uds or regime alert of one session remembers. JSON-safe. */
export interface AlertState {
  readonly standing: boolean;
  /** Steps in a row for which the condition held, counted from step 10. */
  readonly held: number;
  readonly step: number;
}

export const QUIET: AlertState = { standing: false, held: 0, step: 0 };

/**
 * Moves an alert by one assessment. It enters when its condition has held for 3 steps, counted from
 * step 10; while a hard rule stands, at once. It leaves when the condition no longer holds.
 *
 * Compare `standing` before and after to see an edge.
 */
export function moveAlert(
  state: AlertState,
  assessment: Pick<Assessment, "step" | "publicClass">,
  holds: boolean,
): AlertState {
  const { step } = assessment;
  if (!holds) return { standing: false, held: 0, step };
  const counts = step > state.step && step >= FROM_STEP;
  const held = counts ? state.held + 1 : state.held;
  const now = assessment.publicClass === "hard_alert" || held >= DWELL_STEPS;
  return { standing: state.standing || now, held, step };
}
