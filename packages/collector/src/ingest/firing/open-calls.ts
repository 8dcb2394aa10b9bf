/**
 * Calls that are open for too long. A record says that a call is open; nothing says when a given time
 * has passed. So the alert is stored at once, armed for that time, and taken back when the call is
 * answered: the outbox is the timer.
 */
import { type Alternative, type KnownNames, openCallSeconds } from "@caum/core/conditions";
import type { StructuralRecord } from "@caum/core/verify";
import { type AlertRule, NO_ALERTS } from "../../rows/alert-rows.ts";
import type { Ledger } from "../ledger.ts";
import type { SessionState } from "../session-state.ts";
import {
  type Accepted,
  alertFacts,
  conditionOf,
  openCallId,
  sessionNamesOf,
} from "./fired-alert.ts";

/** Open calls of one session that alerts wait for; more say nothing new. */
const MAX_OPEN_CALLS = 100;

/** @returns the rules that fired at once, because the call was open for long enough already */
export function noteOpenCalls(
  ledger: Ledger,
  session: SessionState,
  rules: readonly AlertRule[],
  accepted: Accepted,
): readonly AlertRule[] {
  const { record } = accepted;
  const call = callOf(record);
  if (call !== undefined && record.category === "tool_api") {
    if (record.payload.status === "pending") {
      return opened(ledger, session, rules, { ...accepted, call });
    }
    takeBack(ledger, session, (open) => open === call);
  } else if (record.category === "lifecycle") {
    const { type } = record.payload;
    // Nobody waits any more for what was open at the end of the work, or of the process.
    if (type === "end") takeBack(ledger, session, () => true);
    if (type === "close") takeBack(ledger, session, (open) => open.startsWith(`${record.runId}/`));
  }
  return [];
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
  accepted: Accepted & { readonly call: string },
): readonly AlertRule[] {
  const { record, leaf, receivedMs, call } = accepted;
  const { row } = session;
  const before = row.alerts ?? NO_ALERTS;
  const isKnown = Object.hasOwn(before.open, call);
  if (isKnown || Object.keys(before.open).length >= MAX_OPEN_CALLS) return [];
  const openMs = "durationMs" in record.payload ? (record.payload.durationMs ?? 0) : 0;
  const names = namesOfCall(session, record);
  const armed: string[] = [];
  const fired: AlertRule[] = [];
  for (const rule of rules) {
    const seconds = secondsOf(rule, names);
    if (seconds === undefined) continue;
    const firesMs = receivedMs - openMs + seconds * 1_000;
    const isOver = firesMs <= receivedMs;
    const id = openCallId(rule, leaf);
    ledger.addAlert({
      tenant: row.tenant,
      id,
      rule: rule.id,
      session: row.key,
      status: isOver ? "due" : "armed",
      firedMs: Math.max(firesMs, receivedMs),
      facts: alertFacts(rule, session, accepted, { met: openFor(seconds) }),
    });
    if (isOver) fired.push(rule);
    else armed.push(id);
  }
  if (armed.length > 0) row.alerts = { ...before, open: { ...before.open, [call]: armed } };
  return fired;
}

/** How long a call with these names may be open; undefined where the rule waits for none. */
function secondsOf(rule: AlertRule, names: KnownNames): number | undefined {
  const condition = conditionOf(rule);
  return condition === "unknown" ? undefined : openCallSeconds(condition, names);
}

/** That of its session, with the server that is called: a call without one is of none. */
function namesOfCall({ row }: SessionState, { payload }: StructuralRecord): KnownNames {
  const server = "serverTag" in payload ? payload.serverTag : undefined;
  return { ...sessionNamesOf(row), servers: server === undefined ? [] : [server] };
}

/** What was waited for, without the names. */
function openFor(overSeconds: number): Alternative {
  return { measures: [{ kind: "open_call", overSeconds }], within: {} };
}

function takeBack(ledger: Ledger, { row }: SessionState, isOver: (call: string) => boolean): void {
  if (row.alerts === undefined) return;
  const entries = Object.entries(row.alerts.open);
  const over = entries.filter(([call]) => isOver(call));
  if (over.length === 0) return;
  for (const id of over.flatMap(([, armed]) => armed)) ledger.disarmAlert(row.tenant, id);
  const open = Object.fromEntries(entries.filter(([call]) => !isOver(call)));
  row.alerts = { ...row.alerts, open };
}
