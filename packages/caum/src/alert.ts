import type { Assessment } from "@caum/core/health";
import {
  type AdvisedPattern,
  type Advisory,
  advisedPattern,
  messageOf,
  reasonsOf,
  rounded,
} from "./verdict.ts";

/** A session that entered an alert: a loop, or tier T4 or T5 that held. */
export interface Alert {
  readonly session_id: string;
  readonly event_type: Assessment["eventType"];
  readonly regime: Assessment["regime"];
  readonly uds: number;
  readonly tier: Assessment["tier"];
  readonly step: number;
  readonly advice: Advisory["advice"];
  /** Why; never empty. */
  readonly reasons: readonly string[];
  readonly message: string;
  /** What repeats or lowers the score, of which tools, since when; null for other conditions. */
  readonly pattern: AdvisedPattern | null;
  /** What was waited for; absent for the alert that everybody gets. */
  readonly condition?: string;
}

export interface AlertOptions {
  /** Conditions such as `tier>=T4` or `cost>5`: see docs/alerts.md. */
  readonly when?: readonly string[];
  /** For so long after it fired, a session does not fire a condition again; 300 when absent. */
  readonly cooldownSeconds?: number;
  /** For so many steps in a row a tier, uds or regime must hold; 0, at once, when absent. */
  readonly dwellSteps?: number;
}

export type AlertListener = (alert: Alert) => void;

export function alertOf(sessionId: string, assessment: Assessment, condition?: string): Alert {
  const { pattern } = assessment;
  return {
    session_id: sessionId,
    event_type: assessment.eventType,
    regime: assessment.regime,
    uds: rounded(assessment.uds),
    tier: assessment.tier,
    step: assessment.step,
    advice: assessment.coordination.advice,
    reasons: reasonsOf(assessment, condition),
    message: messageOf(assessment),
    pattern: pattern ? advisedPattern(pattern) : null,
    ...(condition !== undefined && { condition }),
  };
}
