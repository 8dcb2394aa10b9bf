import {
  type Assessment,
  dominantRegime,
  ENGINE_VERSION,
  familyOf,
  NOTHING_YET,
  replay,
  type SessionSummary,
  scoreAtEnd,
  summarize,
} from "@caum/core/health";
import type { endAnswer } from "@caum/core/protocol";
import type { StructuralRecord } from "@caum/core/verify";
import { receiptId } from "@caum/core/verify/rules";
import type { z } from "zod";
import { CLAIM_BOUNDARIES } from "../../http/claim-boundaries.ts";
import { rounded, roundedAmount, usdOf } from "../../http/told-figures.ts";
import { verifyLine } from "../../http/verify-line.ts";
import type { HeadOutcome } from "../../ingest/intake.ts";
import { stepOriginOf } from "../../ingest/session-state.ts";
import { type Standing, standingOf } from "../../ingest/standing.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import type { SessionView } from "../../store/store.ts";
import { failureRiskOf, patternOf, udsOf } from "./step-assessment.ts";

const PAGE = 1_000;
/** Longer sessions are reported as they were judged on the way. */
const MAX_REPLAYED = 20_000;

/** How a session was judged as a whole. */
interface Judged {
  readonly standing: Standing;
  readonly summary: SessionSummary;
  readonly workYield: number;
}

/** The full report: recomputed from the records in the health order, which then stands. */
export async function endReport(
  owner: TenantRow,
  view: SessionView,
  root: string,
  ended: HeadOutcome,
  services: Services,
): Promise<z.input<typeof endAnswer>> {
  const isShort = view.tree.size - view.segmentStart <= MAX_REPLAYED;
  const judged = isShort
    ? judge(await segmentRecords(owner, view, services))
    : { standing: view.standing, summary: ended.summary, workYield: ended.workYield };
  const { standing, summary } = judged;
  const dominant = dominantRegime(summary);
  return {
    session_id: view.id,
    ...endScoreOf(standing),
    regime: standing.regime,
    dominant_regime: dominant,
    family: familyOf(dominant),
    worst_tier: worseOf(summary.worstTier, scoreAtEnd(standing).tier),
    resolved: view.resolved ?? null,
    public_class: standing.publicClass,
    trace_quality: standing.traceQuality,
    ...failureRiskOf(standing),
    work_yield: rounded(judged.workYield),
    total_steps: standing.step,
    total_events: view.tree.size - view.segmentStart,
    regimes: summary.regimes,
    loops: summary.loops.map((loop) => ({ ...patternOf(loop), last_step: loop.lastStep })),
    loop_count: summary.loopCount,
    coverage: {
      exact_cycle: shareOf(summary.exactSteps, summary.steps),
      pattern_cycle: shareOf(summary.patternSteps, summary.steps),
    },
    ...costsOf(view, summary),
    chain_head: view.lastLeaf,
    merkle_root: root,
    tree_size: view.tree.size,
    receipt_id: receiptId(view.lastLeaf),
    claim_boundaries: CLAIM_BOUNDARIES,
    verify: verifyLine(view.id, services.signer.vkey),
    engine_version: ENGINE_VERSION,
    observation: "passive",
  };
}

/** A very short session is T3 at best, now that it is over. */
function endScoreOf(standing: Standing) {
  const { uds, tier, isShort } = scoreAtEnd(standing);
  return isShort
    ? { tier, uds, uds_capped_by: "short_session" as const }
    : { tier, ...udsOf(standing) };
}

function worseOf<T extends string>(one: T, other: T): T {
  return one > other ? one : other;
}

function costsOf({ totals, facts }: SessionView, summary: SessionSummary) {
  const actual = usdOf(totals.costNanoUsd);
  const { baselineCostNanoUsd: baseline } = facts;
  return {
    totals: {
      input_tokens: totals.inputTokens,
      output_tokens: totals.outputTokens,
      total_tokens: totals.totalTokens,
      cost_usd: actual,
      duration_ms: totals.durationMs,
    },
    cost_exposure: {
      actual_cost_usd: actual,
      reviewable_cost_exposure_usd: roundedAmount(
        actual * shareOf(summary.patternSteps, summary.steps),
      ),
      baseline_cost_usd: baseline === undefined ? null : usdOf(baseline),
      basis: "cost of the session times the share of its steps inside loops; not a saving",
    },
  };
}

async function segmentRecords(
  owner: TenantRow,
  view: SessionView,
  { store }: Services,
): Promise<readonly StructuralRecord[]> {
  const records: StructuralRecord[] = [];
  for (let from = view.segmentStart; from < view.tree.size; from += PAGE) {
    for (const { line } of await store.reader.records(owner.tenant, view.id, from, PAGE)) {
      const stored = JSON.parse(line); // A stored line is a record or a tombstone.
      if (!("tombstone" in stored)) records.push(stored);
    }
  }
  return records;
}

function judge(records: readonly StructuralRecord[]): Judged {
  const assessments = replay(records, stepOriginOf);
  let summary = NOTHING_YET;
  let last: Assessment | undefined;
  for (let next = assessments.next(); ; next = assessments.next()) {
    if (next.done) {
      const health = next.value;
      return {
        standing: standingOf(last ?? health.current()),
        summary,
        workYield: health.workYield,
      };
    }
    last = next.value;
    summary = summarize(summary, last);
  }
}

function shareOf(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded(part / whole);
}
