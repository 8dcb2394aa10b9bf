import type { Assessment } from "@caum/core/health";

/** One line for one event, in the format of the detection scorer (docs/signals.md). */
export function predictionLine(session: string, step: number, assessment: Assessment): string {
  const { regime, tier, uds, failureRisk, publicClass } = assessment;
  const row = {
    session_id: session,
    step,
    regime,
    tier,
    uds,
    failure_risk: failureRisk,
    alert: publicClass === "hard_alert",
    public_class: publicClass === "review_only" ? "review" : publicClass,
  };
  return JSON.stringify(row);
}
