/** Rules looked at with every record, inside the transaction that stores it. */
import { type AlertMemory, type Sighting, UNTOLD, type Watched, watchCondition } from "@caum/core";
import type { Ledger } from "../../ingest/ledger.ts";
import type { SessionState } from "../../ingest/session-state.ts";
import { type AlertRule, NO_ALERTS } from "../alert-rows.ts";
import { type Accepted, alertFacts, alertId, conditionOf } from "./fired-alert.ts";
import { noteOpenCalls } from "./open-calls.ts";

/** @returns how many rules fired; their outbox rows are part of the transaction */
export function watchSession(ledger: Ledger, session: SessionState, accepted: Accepted): number {
  const rules = ledger.alertRules(session.row.tenant);
  if (rules.length === 0) return 0;
  const fired = moveRules(rules, session, accepted);
  for (const rule of fired) {
    ledger.addAlert({
      tenant: session.row.tenant,
      id: alertId(rule, accepted.leaf),
      rule: rule.id,
      session: session.row.key,
      status: "due",
      firedMs: accepted.receivedMs,
      facts: alertFacts(rule, session),
    });
  }
  return fired.length + noteOpenCalls(ledger, session, rules, accepted);
}

/** Rules that fired with a record that was there before. */
export function firedBefore(ledger: Ledger, tenant: number, leaf: string): number {
  const rules = ledger.alertRules(tenant);
  return rules.filter((rule) => ledger.hasAlert(tenant, alertId(rule, leaf))).length;
}

function moveRules(
  rules: readonly AlertRule[],
  session: SessionState,
  { record, receivedMs }: Accepted,
): readonly AlertRule[] {
  const { row, standing } = session;
  const before = row.alerts ?? NO_ALERTS;
  const sighting: Sighting = {
    assessment: standing,
    costNanoUsd: row.totals.costNanoUsd,
    isToolChange: record.category === "environment" && record.payload.kind === "tool_definition",
    nowMs: receivedMs,
  };
  const moved = rules.map((rule) => {
    return { rule, ...moveRule(rule, before.rules[rule.id] ?? UNTOLD, sighting) };
  });
  const kept = moved.filter(({ memory }) => isWorthKeeping(memory));
  const isNews =
    kept.length !== Object.keys(before.rules).length ||
    kept.some(({ rule, memory }) => !isSame(before.rules[rule.id], memory));
  if (isNews) {
    const memories = kept.map(({ rule, memory }) => [rule.id, memory] as const);
    row.alerts = { ...before, rules: Object.fromEntries(memories) };
  }
  return moved.filter(({ fires }) => fires).map(({ rule }) => rule);
}

function moveRule(rule: AlertRule, memory: AlertMemory, sighting: Sighting): Watched {
  const condition = conditionOf(rule);
  if (condition === "unknown") return { memory, fires: false };
  return watchCondition(condition, rule.cooldownMs, memory, sighting);
}

/** A quiet rule that never fired is as good as one that has seen nothing. */
function isWorthKeeping({ standing, held, firedMs }: AlertMemory): boolean {
  return standing || held > 0 || firedMs !== undefined;
}

function isSame(known: AlertMemory | undefined, memory: AlertMemory): boolean {
  return (
    known !== undefined &&
    known.standing === memory.standing &&
    known.held === memory.held &&
    known.step === memory.step &&
    known.firedMs === memory.firedMs
  );
}
