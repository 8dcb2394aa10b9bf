/** What was found at a step, in the words of the answers. */
import type { Standing } from "../../ingest/standing.ts";
import { rounded } from "../told-figures.ts";

export function stepAssessmentOf(standing: Standing) {
  return {
    step: standing.step,
    event_type: standing.eventType,
    regime: standing.regime,
    tier: standing.tier,
    uds: rounded(standing.uds),
    failure_risk: rounded(standing.failureRisk),
    public_class: standing.publicClass,
    reasons: [...standing.reasons],
  };
}

/** What repeats: so many cycles of so many steps. */
export interface Pattern {
  readonly rule: string;
  readonly period: number;
  readonly cycles: number;
  readonly from_step: number;
}

export function patternOf({
  rule,
  period,
  cycles,
  fromStep,
}: NonNullable<Standing["pattern"]>): Pattern {
  return { rule, period, cycles, from_step: fromStep };
}
