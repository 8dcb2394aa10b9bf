/** Rules looked at with every record, inside the transaction that stores it. */
import type { Condition } from "@caum/core/conditions";
import {
  type AlertMemory,
  followLoop,
  type Sighting,
  UNTOLD,
  watchCondition,
} from "@caum/core/health";
import { FRESH_MS } from "@caum/core/machine";
import { type AlertRule, NO_ALERTS } from "../../rows/alert-rows.ts";
import type { Ledger } from "../ledger.ts";
import type { SessionState } from "../session-state.ts";
import {
  type Accepted,
  alertFacts,
  alertId,
  conditionOf,
  type Firing,
  openCallId,
  sessionNamesOf,
} from "./fired-alert.ts";
import { noteOpenCalls } from "./open-calls.ts";

/** @returns the conditions of rules that fired; their outbox rows are part of the transaction */
export function watchSession(
  ledger: Ledger,
  session: SessionState,
  accepted: Accepted,
): readonly string[] {
  const rules = ledger.alertRules(session.row.tenant);
  if (rules.length === 0) return [];
  const fired = moveRules(rules, session, accepted);
  for (const { rule, firing } of fired) {
    ledger.addAlert({
      tenant: session.row.tenant,
      id: alertId(rule, accepted.leaf, firing.word),
      rule: rule.id,
      session: session.row.key,
      status: "due",
      firedMs: accepted.receivedMs,
      facts: alertFacts(rule, session, accepted, firing),
    });
  }
  const begun = fired.flatMap(({ rule, firing }) => (firing.word === "begins" ? [rule] : []));
  return [...begun, ...noteOpenCalls(ledger, session, rules, accepted)].map(conditionText);
}

/** Conditions of rules that fired with a record that was there before. */
export function firedBefore(ledger: Ledger, tenant: number, leaf: string): readonly string[] {
  const rules = ledger.alertRules(tenant);
  const hasFired = (rule: AlertRule) =>
    ledger.hasAlert(tenant, alertId(rule, leaf)) || ledger.hasAlert(tenant, openCallId(rule, leaf));
  return rules.filter(hasFired).map(conditionText);
}

function conditionText({ condition }: AlertRule): string {
  return condition;
}

function moveRules(
  rules: readonly AlertRule[],
  session: SessionState,
  accepted: Accepted,
): readonly { readonly rule: AlertRule; readonly firing: Firing }[] {
  const { record, receivedMs } = accepted;
  const { row, standing } = session;
  const before = row.alerts ?? NO_ALERTS;
  const sighting: Sighting = {
    assessment: standing,
    costNanoUsd: row.totals.costNanoUsd,
    isToolChange: record.category === "environment" && record.payload.kind === "tool_definition",
    names: sessionNamesOf(row),
    nowMs: receivedMs,
  };
  const moved = rules.map((rule) => {
    return { rule, ...moveRule(rule, before.rules[rule.id] ?? UNTOLD, sighting, session, record) };
  });
  const kept = moved.filter(({ memory }) => isWorthKeeping(memory));
  const isNews =
    kept.length !== Object.keys(before.rules).length ||
    kept.some(({ rule, memory }) => !isSame(before.rules[rule.id], memory));
  if (isNews) {
    const memories = kept.map(({ rule, memory }) => [rule.id, memory] as const);
    row.alerts = { ...before, rules: Object.fromEntries(memories) };
  }
  return moved.flatMap(({ rule, firing }) => (firing === undefined ? [] : [{ rule, firing }]));
}

interface Moved {
  readonly memory: AlertMemory;
  readonly firing?: Firing;
}

function moveRule(
  rule: AlertRule,
  memory: AlertMemory,
  sighting: Sighting,
  { isOver }: SessionState,
  record: Accepted["record"],
): Moved {
  const condition = conditionOf(rule);
  if (condition === "unknown") return { memory };
  const isDesktop = rule.actionType === "desktop";
  // Whoever sits here now is not told of what a run says that was adopted or flushed later.
  if (isDesktop && isOld(record, sighting.nowMs)) return { memory };
  const watched = watchCondition(condition, rule, memory, sighting);
  const { fires, holds, met } = watched;
  if (!isDesktop || !isAboutLoops(condition)) {
    return { memory: watched.memory, ...(fires && { firing: { word: "begins", met } }) };
  }
  const { step } = sighting.assessment;
  const moment = { fires, holds, isOver, step, nowMs: sighting.nowMs };
  const { memory: followed, word } = followLoop(watched.memory, moment);
  return { memory: followed, ...(word !== undefined && { firing: { word, met } }) };
}

function isAboutLoops({ anyOf }: Condition): boolean {
  return anyOf.every(({ measures }) => measures.every(({ kind }) => kind === "class"));
}

function isOld({ sourceTimestamp }: Accepted["record"], nowMs: number): boolean {
  return nowMs - Date.parse(sourceTimestamp) > FRESH_MS;
}

/** A quiet rule that never fired is as good as one that has seen nothing. */
function isWorthKeeping({ standing, held, firedMs, owes }: AlertMemory): boolean {
  return standing || held > 0 || firedMs !== undefined || owes !== undefined;
}

function isSame(known: AlertMemory | undefined, memory: AlertMemory): boolean {
  return (
    known !== undefined &&
    known.standing === memory.standing &&
    known.held === memory.held &&
    known.step === memory.step &&
    known.firedMs === memory.firedMs &&
    known.owes === memory.owes
  );
}
