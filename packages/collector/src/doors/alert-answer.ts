/** Rules and alerts as they are shown: without what others could send with. */

import { DoorError } from "../http/door-error.ts";
import { rounded } from "../http/told-figures.ts";
import type { AlertCursor, AlertRow, AlertRule } from "../rows/alert-rows.ts";
import { maskDestination } from "../rows/mask-destination.ts";

/** Where the next page of history begins; null after the last one. */
export function nextAlertCursor(alerts: readonly AlertRow[], limit: number): string | null {
  const last = alerts.at(-1);
  if (last === undefined || alerts.length < limit) return null;
  return Buffer.from(`${last.firedMs}.${last.id}`).toString("base64url");
}

/** @throws {DoorError} 400 when it is none of ours */
export function decodeAlertCursor(cursor: string): AlertCursor {
  const text = Buffer.from(cursor, "base64url").toString("latin1");
  const [, firedMs, id] = /^(\d{1,15})\.(alert_[0-9a-f]{32})$/.exec(text) ?? [];
  if (firedMs === undefined || id === undefined) {
    throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
  }
  return { firedMs: Number(firedMs), id };
}

export function shownRule({
  id,
  condition,
  actionType,
  destination,
  cooldownMs,
  dwellSteps,
  createdMs,
}: AlertRule) {
  return {
    id,
    condition,
    action_type: actionType,
    destination: maskDestination(destination),
    cooldown_seconds: cooldownMs / 1_000,
    dwell_steps: dwellSteps,
    created_at: new Date(createdMs).toISOString(),
  };
}

export function shownAlert({ facts, ...alert }: AlertRow) {
  const isDue = alert.status === "due";
  return {
    id: alert.id,
    rule_id: alert.rule,
    condition: facts.condition,
    action_type: facts.actionType,
    destination: facts.maskedDestination,
    session_id: facts.sessionId,
    agent: facts.agent,
    step: facts.step,
    regime: facts.regime,
    uds: rounded(facts.uds),
    tier: facts.tier,
    fired_at: new Date(alert.firedMs).toISOString(),
    is_test: facts.isTest,
    status: alert.status,
    attempts: alert.attempts,
    next_attempt_at: isDue ? new Date(alert.dueMs).toISOString() : null,
    settled_at: alert.settledMs === undefined ? null : new Date(alert.settledMs).toISOString(),
    problem: alert.problem ?? null,
  };
}
