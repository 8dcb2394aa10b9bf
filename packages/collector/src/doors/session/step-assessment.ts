/** What was found at a step, in the words of the answers. */
import { udsCappedBy } from "@caum/core/health";
import { rounded } from "../../http/told-figures.ts";
import type { Standing } from "../../ingest/standing.ts";

export function stepAssessmentOf(standing: Standing) {
  return {
    step: standing.step,
    event_type: standing.eventType,
    regime: standing.regime,
    tier: standing.tier,
    uds: rounded(standing.uds),
    ...failureRiskOf(standing),
    public_class: standing.publicClass,
    reasons: [...standing.reasons],
  };
}

/** The score, and what holds it away from its formula. */
export function udsOf(standing: Standing) {
  const cap = udsCappedBy(standing);
  return { uds: rounded(standing.uds), ...(cap !== undefined && { uds_capped_by: cap }) };
}

/** The risk, or null and why. */
export function failureRiskOf({ failureRisk, failureRiskReason }: Standing) {
  return {
    failure_risk: failureRisk === null ? null : rounded(failureRisk),
    ...(failureRiskReason !== undefined && { failure_risk_reason: failureRiskReason }),
  };
}

/** What repeats, so many cycles of so many steps, or what lowers the score. */
export interface Pattern {
  readonly rule: string;
  readonly period: number;
  readonly cycles: number;
  readonly from_step: number;
  /** Tools of one cycle, each once; who speaks, in mere talk. */
  readonly tools: string[];
  /** When its first step was, as far as that is known. */
  readonly since: string | null;
}

export function patternOf(pattern: NonNullable<Standing["pattern"]>): Pattern {
  const { rule, period, cycles, fromStep, tools, sinceMs } = pattern;
  const since = sinceMs === undefined ? null : new Date(sinceMs).toISOString();
  return { rule, period, cycles, from_step: fromStep, tools: [...tools], since };
}
