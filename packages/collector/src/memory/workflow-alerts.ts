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
      const story = storyOf(conditionOf(rule), moment);
      if (story === undefined) continue;
      const alert = await alertOf(reader, { tenant, rule, moment, story, nowMs });
      if (alert !== undefined) alerts.push(alert);
    }
  }
  return alerts;
}

/** What the alert says; undefined where the condition does not begin to hold. */
function storyOf(
  condition: Condition | "unknown",
  moment: WorkflowMoment,
): WorkflowStory | undefined {
  if (condition === "unknown") return undefined;
  for (const { measures, within } of condition.anyOf) {
    if (within.workflow !== undefined && within.workflow !== moment.workflow) continue;
    const [story] = measures.flatMap((measure) => begunBy(measure, moment) ?? []);
    if (story !== undefined) return story;
  }
  return undefined;
}

function begunBy(
  measure: Measure,
  { workflow, hadDrifted, hasDrifted, loopsBefore, loops, card }: WorkflowMoment,
): WorkflowStory | undefined {
  if (measure.kind === "drift" && hasDrifted && !hadDrifted) {
    const sinceSessionId = card.moved[0]?.since.sessionId;
    const moved = card.moved.map(({ channel, name, unit, from, to }) => {
      return { channel, unit, from, to: to.value, ...(name !== undefined && { name }) };
    });
    return { name: workflow, moved, ...(sinceSessionId !== undefined && { sinceSessionId }) };
  }
  if (measure.kind !== "loop_rate" || loops === null) return undefined;
  const begins = shareOf(loops) > measure.over && shareOf(loopsBefore) <= measure.over;
  return begins ? { name: workflow, loops } : undefined;
}

interface Firing {
  readonly tenant: number;
  readonly rule: AlertRule;
  readonly moment: WorkflowMoment;
  readonly story: WorkflowStory;
  readonly nowMs: number;
}

/** At most one a day for each rule and workflow: what comes and goes is reported once. */
async function alertOf(
  reader: Pick<StoreReader, "session">,
  { tenant, rule, moment, story, nowMs }: Firing,
): Promise<NewAlert | undefined> {
  const { key, profile } = moment.candidate;
  const session = await reader.session(tenant, profile.sessionId);
  if (session === undefined || !("standing" in session)) return undefined;
  return {
    tenant,
    id: alertId(rule, `workflow\n${moment.workflow}\n${dayOf(nowMs)}`),
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
