/** What firing a rule is made of. */

import { sha256 } from "@caum/core/collector";
import {
  type Alternative,
  type Condition,
  formatAlternative,
  type KnownNames,
  parseCondition,
} from "@caum/core/conditions";
import type { Word } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import type { AlertFacts, AlertRule } from "../../rows/alert-rows.ts";
import { maskDestination } from "../../rows/mask-destination.ts";
import { type SessionRow, sentMs } from "../session-row.ts";
import type { SessionState } from "../session-state.ts";
import type { Standing } from "../standing.ts";

/** A record that was just accepted. */
export interface Accepted {
  readonly record: StructuralRecord;
  readonly leaf: string;
  readonly receivedMs: number;
}

/** A rule fires at most once with a record, whoever looks. */
export function alertId(rule: AlertRule, leaf: string, word: Word = "begins"): string {
  const further = word === "begins" ? "" : `\n${word}`;
  return `alert_${sha256(`${rule.id}\n${leaf}${further}`).slice(0, 32)}`;
}

/** That of a call which the record opened: another alternative of the rule may fire with the same record. */
export function openCallId(rule: AlertRule, leaf: string): string {
  return alertId(rule, `${leaf}\nopen`);
}

const conditions = new WeakMap<AlertRule, Condition | "unknown">();

/** What a rule waits for. One that another version wrote may be unknown: events go on without it. */
export function conditionOf(rule: AlertRule): Condition | "unknown" {
  const known = conditions.get(rule);
  if (known !== undefined) return known;
  const condition = readCondition(rule);
  conditions.set(rule, condition);
  return condition;
}

function readCondition(rule: AlertRule): Condition | "unknown" {
  try {
    return parseCondition(rule.condition);
  } catch {
    return "unknown";
  }
}

/** The session that a rule fired with, as far as every alert tells of it. */
export type AlertSession = Pick<SessionRow, "id" | "facts" | "totals"> & {
  readonly standing: Standing;
};

/** What every alert says: its rule, and the session as it stands now. */
export function sessionFacts(
  rule: AlertRule,
  { id, facts, totals, standing }: AlertSession,
): Omit<AlertFacts, "story" | "isTest"> {
  return {
    condition: rule.condition,
    actionType: rule.actionType,
    maskedDestination: maskDestination(rule.destination),
    sessionId: id,
    agent: facts.agentName ?? facts.agentId,
    team: facts.team ?? null,
    taskTag: facts.taskTag ?? null,
    step: standing.step,
    regime: standing.regime,
    uds: standing.uds,
    tier: standing.tier,
    costNanoUsd: totals.costNanoUsd,
  };
}

/** What a session is called, as rules may ask. */
export function sessionNamesOf({
  facts,
  origins,
}: Pick<SessionRow, "facts" | "origins">): KnownNames {
  return {
    agents: [facts.agentId, facts.agentName],
    workflow: facts.workflow,
    servers: origins.servers ?? [],
  };
}

/** How a rule fired. */
export interface Firing {
  readonly word?: Word | undefined;
  /** Absent where a loop is told of once more. */
  readonly met?: Alternative | undefined;
}

/** The same with what the last record began or ended. */
export function alertFacts(
  rule: AlertRule,
  { row, standing, summary }: SessionState,
  { record, receivedMs }: Accepted,
  { word = "begins", met }: Firing = {},
): AlertFacts {
  const loop = summary.loops.at(-1);
  // What a loop was is told when it is over, too.
  const pattern = word === "ended" ? loop : standing.pattern;
  const tool = "toolName" in record.payload ? record.payload.toolName : undefined;
  return {
    ...sessionFacts(rule, { ...row, standing }),
    story: {
      word,
      ...(met && { condition: formatAlternative(met) }),
      ...(tool !== undefined && word !== "ended" && { tools: [tool] }),
      ...(pattern && {
        pattern: { rule: pattern.rule, period: pattern.period, cycles: pattern.cycles },
        tools: pattern.tools,
        sinceMs: pattern.sinceMs,
      }),
      ...(pattern && loop && { costNanoUsd: loop.costNanoUsd }),
      // By the clock of the sender, as `sinceMs` is; when a loop ended is not known to the second.
      ...(word !== "ended" && { nowMs: sentMs(record.sourceTimestamp, receivedMs) }),
    },
    isTest: false,
  };
}
