/** Rules about workflows: they fire with the session with which their condition begins to hold. */
import type { Condition, Measure } from "@caum/core/conditions";
import type { WorkflowStory } from "@caum/core/health";
import { alertId, conditionOf, sessionFacts } from "../ingest/firing/fired-alert.ts";
import type { AlertRule, NewAlert } from "../rows/alert-rows.ts";
import type { StoreReader } from "../store/store.ts";
import { shareOf, type WorkflowMoment } from "./drift.ts";
import { dayOf } from "./folded.ts";

/** @returns none where no rule is about workflows */
export async function alertsOf(
  reader: Pick<StoreReader, "alertRules" | "session">,
  tenant: number,
  moments: readonly WorkflowMoment[],
  nowMs: number,
): Promise<readonly NewAlert[]> {
  if (moments.length === 0) return [];
  const rules = await reader.alertRules(tenant);
  const alerts: NewAlert[] = [];
  for (const moment of moments) {
    for (const rule of rules) {
      for (const [kind, story] of begunIn(conditionOf(rule), moment)) {
        const alert = await alertOf(reader, { tenant, rule, moment, kind, story, nowMs });
        if (alert !== undefined) alerts.push(alert);
      }
    }
  }
  return alerts;
}

type Kind = Measure["kind"];

/** What begins to hold, with what the alert says of it. */
function begunIn(
  condition: Condition | "unknown",
  moment: WorkflowMoment,
): ReadonlyMap<Kind, WorkflowStory> {
  const begun = new Map<Kind, WorkflowStory>();
  for (const { measures, within } of condition === "unknown" ? [] : condition.anyOf) {
    if (within.workflow !== undefined && within.workflow !== moment.workflow) continue;
    for (const measure of measures) {
      const story = begunBy(measure, moment);
      if (story !== undefined) begun.set(measure.kind, story);
    }
  }
  return begun;
}

function begunBy(
  measure: Measure,
  { workflow, hadDrifted, hasDrifted, loopsBefore, loops, moved }: WorkflowMoment,
): WorkflowStory | undefined {
  if (measure.kind === "drift" && hasDrifted && !hadDrifted) {
    const sinceSessionId = moved[0]?.since.sessionId;
    const told = moved.map(({ channel, name, unit, from, to }) => {
      return { channel, unit, from, to: to.value, ...(name !== undefined && { name }) };
    });
    return { name: workflow, moved: told, ...(sinceSessionId !== undefined && { sinceSessionId }) };
  }
  if (measure.kind !== "loop_rate" || loops === null) return undefined;
  const begins = shareOf(loops) > measure.over && shareOf(loopsBefore) <= measure.over;
  return begins ? { name: workflow, loops } : undefined;
}

interface Firing {
  readonly tenant: number;
  readonly rule: AlertRule;
  readonly moment: WorkflowMoment;
  readonly kind: Kind;
  readonly story: WorkflowStory;
  readonly nowMs: number;
}

/**
 * At most one a day for each rule, workflow and kind: what comes and goes is reported once, and a share of loops
 * does not hide a drift that the same rule waits for.
 */
async function alertOf(
  reader: Pick<StoreReader, "session">,
  { tenant, rule, moment, kind, story, nowMs }: Firing,
): Promise<NewAlert | undefined> {
  const { key, sessionId } = moment;
  const session = await reader.session(tenant, sessionId);
  if (session === undefined || !("standing" in session)) return undefined;
  return {
    tenant,
    id: alertId(rule, `workflow\n${moment.workflow}\n${dayOf(nowMs)}\n${kind}`),
    rule: rule.id,
    session: key,
    status: "due",
    firedMs: nowMs,
    facts: {
      ...sessionFacts(rule, session),
      story: { workflow: story },
      isTest: false,
    },
  };
}
