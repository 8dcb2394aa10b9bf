/** A session and its steps in the words of the answers. Also for whoever reads runs without a store. */
import { alertMessage, scoreAtEnd, sessionTitle, storyOf } from "@caum/core/health";
import { dashboardPath } from "../../http/dashboard-path.ts";
import { rounded, usdOf } from "../../http/told-figures.ts";
import type { KeptSessionFacts } from "../../ingest/intake.ts";
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { Standing } from "../../ingest/standing.ts";
import type { SessionView } from "../../store/store.ts";
import { isAlert } from "../live/live-answer.ts";
import { failureRiskOf, stepAssessmentOf } from "./step-assessment.ts";

/** A session in which nothing happened for so long does not loop "now", whatever stood at its end. */
const QUIET_MS = 30 * 60_000;

export function sessionSummaryOf(view: SessionView, nowMs: number) {
  const { facts, standing, totals, loops, acknowledged } = view;
  const isQuiet = view.ended || nowMs - view.activeMs > QUIET_MS;
  return {
    session_id: view.id,
    title: titleOf(view),
    agent_name: facts.agentName ?? facts.agentId,
    team: facts.team ?? null,
    workflow: facts.workflow ?? null,
    task_tag: facts.taskTag ?? null,
    cohort: facts.cohort ?? null,
    steps: standing.step,
    events: view.tree.size,
    regime: standing.regime,
    ...scoreOf(view),
    ...failureRiskOf(standing),
    public_class: standing.publicClass,
    live_alert: isAlert(standing) && !isQuiet,
    worst_tier: loops.worstTier,
    loop_count: loops.count,
    loop_steps: loops.steps,
    loop_cost_usd: usdOf(loops.costNanoUsd),
    marked: loops.count > (acknowledged?.loops ?? 0),
    acknowledged_at: acknowledged ? new Date(acknowledged.atMs).toISOString() : null,
    acknowledged_by: acknowledged?.by ?? null,
    total_tokens: totals.totalTokens,
    total_cost_usd: usdOf(totals.costNanoUsd),
    first_seen: new Date(view.firstMs).toISOString(),
    last_seen: new Date(view.activeMs).toISOString(),
    ended: view.ended,
    resolved: view.resolved ?? null,
    segment: view.segment,
    sender_links: totals.links ?? null,
    layers: view.origins.layers,
    views: view.origins.views,
    dashboard_path: dashboardPath(view.id),
  };
}

function scoreOf({ ended, standing }: SessionView) {
  const { uds, tier } = ended ? scoreAtEnd(standing) : standing;
  return { tier, uds: rounded(uds) };
}

function titleOf({ facts, origins }: SessionView): string {
  const agent = facts.agentName ?? facts.agentId;
  return sessionTitle({ agent, workflow: facts.workflow, servers: origins.servers });
}

/** @param facts who did it, for the sentence of an alert */
export function stepOfRecord(
  { index, leaf, line, receivedMs, standing }: StoredRecord,
  facts: KeptSessionFacts,
) {
  const stored = JSON.parse(line); // A stored line is a record or a tombstone.
  return {
    index,
    received_at: new Date(receivedMs).toISOString(),
    leaf,
    record: "tombstone" in stored ? null : stored,
    ...(standing?.link !== undefined && { sender_link: standing.link }),
    assessment: standing
      ? { ...stepAssessmentOf(standing), message: messageAt(standing, stored, facts) }
      : null,
  };
}

/** What an alert that stands at a step says; null where none does. */
export function messageAt(
  standing: Standing,
  stored: object,
  { agentName, agentId }: KeptSessionFacts,
): string | null {
  if (!isAlert(standing)) return null;
  const nowMs =
    "sourceTimestamp" in stored ? Date.parse(String(stored.sourceTimestamp)) : Number.NaN;
  const costNanoUsd = standing.loopCostNanoUsd;
  return alertMessage({ nowMs, costNanoUsd, ...storyOf(agentName ?? agentId, standing) });
}
