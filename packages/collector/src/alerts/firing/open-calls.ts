/**
 * Calls that are open for too long. A record says that a call is open; nothing says when a given time
 * has passed. So the alert is stored at once, armed for that time, and taken back when the call is
 * answered: the outbox is the timer.
 */
import type { StructuralRecord } from "@caum/core";
import type { Ledger } from "../../ingest/ledger.ts";
import type { SessionState } from "../../ingest/session-state.ts";
import { type AlertRule, NO_ALERTS } from "../alert-rows.ts";
import { type Accepted, alertFacts, alertId, conditionOf } from "./fired-alert.ts";

/** Open calls of one session that alerts wait for; more say nothing new. */
const MAX_OPEN_CALLS = 100;

/** @returns how many alerts fired at once, because the call was open for long enough already */
export function noteOpenCalls(
  ledger: Ledger,
  session: SessionState,
  rules: readonly AlertRule[],
  accepted: Accepted,
): number {
  const { record } = accepted;
  if (record.category !== "tool_api") return 0;
  const call = callOf(record);
  if (call === undefined) return 0;
  if (record.payload.status !== "pending") {
    answered(ledger, session, call);
    return 0;
  }
  return opened(ledger, session, rules, { ...accepted, call });
}

/** The same in all records of one call; absent where the writer does not tell calls apart. */
function callOf({ runId, payload }: StructuralRecord): string | undefined {
  const id = "toolCallId" in payload ? payload.toolCallId : undefined;
  return id === undefined ? undefined : `${runId}/${id.slice(0, 32)}`;
}

function opened(
  ledger: Ledger,
  session: SessionState,
  rules: readonly AlertRule[],
  { record, leaf, receivedMs, call }: Accepted & { readonly call: string },
): number {
  const { row } = session;
  const before = row.alerts ?? NO_ALERTS;
  const isKnown = Object.hasOwn(before.open, call);
  if (isKnown || Object.keys(before.open).length >= MAX_OPEN_CALLS) return 0;
  const openMs = "durationMs" in record.payload ? (record.payload.durationMs ?? 0) : 0;
  const armed: string[] = [];
  let fired = 0;
  for (const rule of rules) {
    const condition = conditionOf(rule);
    if (condition === "unknown" || condition.kind !== "open_call") continue;
    const firesMs = receivedMs - openMs + condition.overSeconds * 1_000;
    const isOver = firesMs <= receivedMs;
    const id = alertId(rule, leaf);
    ledger.addAlert({
      tenant: row.tenant,
      id,
      rule: rule.id,
      session: row.key,
      status: isOver ? "due" : "armed",
      firedMs: Math.max(firesMs, receivedMs),
      facts: alertFacts(rule, session),
    });
    if (isOver) fired += 1;
    else armed.push(id);
  }
  if (armed.length > 0) row.alerts = { ...before, open: { ...before.open, [call]: armed } };
  return fired;
}

function answered(ledger: Ledger, { row }: SessionState, call: string): void {
  const armed = row.alerts?.open[call];
  if (row.alerts === undefined || armed === undefined) return;
  for (const id of armed) ledger.disarmAlert(row.tenant, id);
  const { [call]: _, ...open } = row.alerts.open;
  row.alerts = { ...row.alerts, open };
}
