import type { liveAnswer, liveSession } from "@caum/core/protocol";
import { receiptId } from "@caum/core/verify/rules";
import type { z } from "zod";
import { dashboardPath } from "../../http/dashboard-path.ts";
import { rounded, usdOf } from "../../http/told-figures.ts";
import type { EventOutcome } from "../../ingest/intake.ts";
import type { Standing } from "../../ingest/standing.ts";
import type { SessionView } from "../../store/store.ts";
import { failureRiskOf, patternOf, udsOf } from "../session/step-assessment.ts";

export function liveAnswerOf(outcome: EventOutcome, dropped: number): z.input<typeof liveAnswer> {
  const { standing, leaf } = outcome;
  return {
    session_id: outcome.sessionId,
    event_type: standing.eventType,
    live_alert: isAlert(standing),
    tier: { tier: standing.tier, rank: Number(standing.tier.slice(1)) },
    current_tier: standing.tier,
    public_class: standing.publicClass,
    structural_health: structuralHealthOf(standing),
    evidence_grade: {
      public_class: standing.publicClass,
      raw_content_used: false,
      allowed_to_block: false,
    },
    coordination: {
      decision: "observe_only",
      allowed_to_block: false,
      advice: standing.advice,
    },
    evidence: {
      algorithm: "sha256",
      event_hash: leaf,
      previous_hash: outcome.previousHash,
      chain_head: leaf,
      merkle_root: rootOf(outcome),
      tree_size: outcome.index + 1,
    },
    receipt_id: receiptId(leaf),
    dashboard_path: dashboardPath(outcome.sessionId),
    dropped_fields: dropped,
  };
}

/** The root that an intake of these doors always asks for. */
export function rootOf({ root }: EventOutcome): string {
  if (root === undefined) throw new TypeError("the root was not asked for");
  return root;
}

function structuralHealthOf(standing: Standing) {
  const { regime, healthy, step, reasons, scores, pattern } = standing;
  return {
    regime,
    healthy,
    ...udsOf(standing),
    ...failureRiskOf(standing),
    trace_quality: standing.traceQuality,
    step,
    reasons: [...reasons],
    ...(pattern && { pattern: patternOf(pattern) }),
    scores: { tcr: rounded(scores.tcr), esr: rounded(scores.esr), sci: rounded(scores.sci) },
  };
}

export function liveSessionOf(view: SessionView, root: string): z.input<typeof liveSession> {
  const { standing, tree, facts, totals } = view;
  const hasRecords = tree.size > 0;
  return {
    session_id: view.id,
    tenant_id: facts.tenantLabel ?? null,
    agent_id: facts.agentName ?? facts.agentId,
    workflow: facts.workflow ?? null,
    event_count: Math.max(0, tree.size - view.runs),
    step_count: standing.step,
    current_tier: standing.tier,
    regime: standing.regime,
    uds: rounded(standing.uds),
    live_alert: isAlert(standing) && !view.ended,
    public_class: standing.publicClass,
    receipt_id: hasRecords ? receiptId(view.lastLeaf) : null,
    chain_head: hasRecords ? view.lastLeaf : null,
    merkle_root: root,
    tree_size: tree.size,
    total_tokens: totals.totalTokens,
    total_cost_usd: usdOf(totals.costNanoUsd),
    baseline_cost_usd:
      facts.baselineCostNanoUsd === undefined ? null : usdOf(facts.baselineCostNanoUsd),
    started_at: new Date(view.firstMs).toISOString(),
    last_event_at: new Date(view.lastMs).toISOString(),
    ended: view.ended,
    dashboard_path: dashboardPath(view.id),
  };
}

export function isAlert(standing: Standing): boolean {
  return standing.publicClass === "hard_alert";
}
