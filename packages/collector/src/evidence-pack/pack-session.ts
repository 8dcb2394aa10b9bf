import type { evidencePackAnswer } from "@caum/core/protocol";
import { sessionTag } from "@caum/core/verify";
import type { z } from "zod";
import type { Checkpoints, EvidenceParts } from "../evidence/checkpoints.ts";
import { receipt } from "../evidence/receipt.ts";
import { rounded, roundedAmount, usdOf } from "../http/told-figures.ts";
import { verifyLine } from "../http/verify-line.ts";
import type { TenantRow } from "../rows/tenant-rows.ts";
import type { SessionView } from "../store/store.ts";

export type PackSession = z.input<typeof evidencePackAnswer>["sessions"][number];

/** One session of a pack: what was found in it, and what shows that its records stand. */
export async function packSession(
  owner: TenantRow,
  view: SessionView,
  checkpoints: Checkpoints,
  parts: EvidenceParts,
): Promise<PackSession> {
  const head = await checkpoints.exact(owner, view);
  const { facts, standing } = view;
  const expected = ` --expect-size ${head.size} --expect-root ${head.root}`;
  return {
    session_id: view.id,
    session_tag: sessionTag(view.id),
    agent: facts.agentName ?? facts.agentId,
    cohort: facts.cohort ?? null,
    cohort_marked_at_end: facts.isMarkedAtEnd === true,
    first_seen: new Date(view.firstMs).toISOString(),
    last_seen: new Date(view.lastMs).toISOString(),
    ended: view.ended,
    resolved: view.resolved ?? null,
    figures: figuresOf(view),
    review: standing.publicClass,
    evidence: {
      records: head.size,
      runs: view.runs,
      forks: (await parts.store.reader.forks(owner.tenant, view.id)).length,
      merkle_root: head.root,
      checkpoint: head.note,
      receipt: await receipt({ owner, view }, head, head.size - 1, parts),
    },
    verify: verifyLine(view.id, parts.signer.vkey, expected),
  };
}

function figuresOf({ standing, figures, totals, facts }: SessionView): PackSession["figures"] {
  const cost = usdOf(totals.costNanoUsd);
  const baseline = facts.baselineCostNanoUsd;
  const loopShare = standing.step === 0 ? 0 : figures.patternSteps / standing.step;
  return {
    engine_version: figures.engine,
    steps: standing.step,
    regime: standing.regime,
    tier: standing.tier,
    worst_tier: figures.worstTier,
    uds: rounded(standing.uds),
    trace_quality: standing.traceQuality,
    loops: figures.loops,
    loop_steps: figures.patternSteps,
    work_yield: rounded(figures.workYield),
    total_tokens: totals.totalTokens,
    cost_usd: cost,
    baseline_cost_usd: baseline === undefined ? null : usdOf(baseline),
    reviewable_cost_exposure_usd: roundedAmount(cost * loopShare),
    dropped_events: totals.dropped,
  };
}
