import { CompactRange, sessionTitle } from "@caum/core";
import { z } from "zod";
import type { StoredRecord } from "../../ingest/ledger.ts";
import type { Services } from "../../services.ts";
import type { SessionView, TenantRow } from "../../store/store.ts";
import { DoorError, refusalError } from "../door-error.ts";
import { dashboardPath, isAlert } from "../live/live-answer.ts";
import { parse } from "../parse.ts";
import { rounded, usdOf } from "../told-figures.ts";
import { stepAssessmentOf } from "./step-assessment.ts";

const DEFAULT_STEPS = 200;
const MAX_STEPS = 1_000;

export const stepsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_STEPS).default(DEFAULT_STEPS),
  cursor: z.string().max(20).optional(),
});

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
    tier: standing.tier,
    uds: rounded(standing.uds),
    failure_risk: rounded(standing.failureRisk),
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
    layers: view.origins.layers,
    views: view.origins.views,
    dashboard_path: dashboardPath(view.id),
  };
}

function titleOf({ facts, origins }: SessionView): string {
  const agent = facts.agentName ?? facts.agentId;
  return sessionTitle({ agent, workflow: facts.workflow, servers: origins.servers });
}

/** A session with a page of its records and what was found at each. */
export async function sessionDetail(
  owner: TenantRow,
  id: string,
  query: unknown,
  { store, clock }: Services,
) {
  const { limit, cursor } = parse(stepsQuery, query);
  const from = indexOf(cursor);
  const view = await store.reader.session(owner.tenant, id);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  const records = await store.reader.records(owner.tenant, id, from, limit);
  return {
    session: sessionSummaryOf(view, clock()),
    merkle_root: CompactRange.restore(view.tree).root,
    tree_size: view.tree.size,
    steps: records.map(stepOfRecord),
    next_cursor: records.length < limit ? null : String(from + records.length),
  };
}

function stepOfRecord({ index, leaf, line, receivedMs, standing }: StoredRecord) {
  const stored = JSON.parse(line); // A stored line is a record or a tombstone.
  return {
    index,
    received_at: new Date(receivedMs).toISOString(),
    leaf,
    record: "tombstone" in stored ? null : stored,
    assessment: standing ? stepAssessmentOf(standing) : null,
  };
}

function indexOf(cursor: string | undefined): number {
  const index = Number(cursor ?? 0);
  if (Number.isSafeInteger(index) && index >= 0) return index;
  throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
}
