import type { AlertRule, NewAlert } from "../rows/alert-rows.ts";
import { maskDestination } from "../rows/mask-destination.ts";

/** An alert of no session, to try whether a rule arrives. */
export function trialAlert(
  tenant: number,
  rule: AlertRule,
  random: Uint8Array,
  nowMs: number,
): NewAlert {
  return {
    tenant,
    id: `alert_${Buffer.from(random).toString("hex")}`,
    rule: rule.id,
    session: undefined,
    status: "due",
    firedMs: nowMs,
    facts: {
      condition: rule.condition,
      actionType: rule.actionType,
      maskedDestination: maskDestination(rule.destination),
      sessionId: "test",
      agent: "test",
      team: null,
      taskTag: null,
      step: 0,
      regime: "WARMING_UP",
      uds: 0.8,
      tier: "T2",
      costNanoUsd: 0,
      isTest: true,
    },
  };
}
