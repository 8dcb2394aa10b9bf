import type { DeliveryResult, Evidence } from "@caum/core";
import {
  type Assessment,
  dominantRegime,
  familyOf,
  type Loop,
  type SessionSummary,
  scoreAtEnd,
  type UdsCap,
} from "@caum/core/health";
import type { SessionSoFar } from "./session-so-far.ts";
import {
  type AdvisedPattern,
  advisedPattern,
  failureRiskOf,
  rounded,
  shownUds,
} from "./verdict.ts";

/** How a session went, as this process saw it; in the words of the collector's report. */
export interface SessionReport {
  readonly session_id: string;
  readonly tier: Assessment["tier"];
  readonly uds: number;
  readonly uds_capped_by?: UdsCap;
  readonly regime: Assessment["regime"];
  readonly dominant_regime: Assessment["regime"];
  readonly family: ReturnType<typeof familyOf>;
  readonly worst_tier: Assessment["tier"];
  readonly resolved: boolean | null;
  readonly public_class: Assessment["publicClass"];
  readonly trace_quality: Assessment["traceQuality"];
  /** Null where structure tells nothing about the outcome of such work. */
  readonly failure_risk: number | null;
  /** Why it is null; absent with a number. */
  readonly failure_risk_reason?: NonNullable<Assessment["failureRiskReason"]>;
  readonly total_steps: number;
  readonly regimes: SessionSummary["regimes"];
  readonly loops: readonly ReportedLoop[];
  readonly loop_count: number;
  readonly coverage: { readonly exact_cycle: number; readonly pattern_cycle: number };
  readonly totals: SessionSoFar["totals"];
  readonly run_id: string;
  readonly chain_head: string;
  readonly merkle_root: string;
  /** How anybody proves the records. */
  readonly verify: string;
  /** What became of the records of this process so far. */
  readonly delivery: DeliveryResult;
  readonly observation: "passive";
}

export interface ReportedLoop extends AdvisedPattern {
  readonly last_step: number;
}

/** What the report is about. */
export interface EndedSession {
  readonly id: string;
  readonly state: SessionSoFar;
  readonly assessment: Assessment;
  readonly evidence: Evidence;
  readonly resolved: boolean | undefined;
  readonly verify: string;
  readonly delivery: DeliveryResult;
}

export function sessionReport(ended: EndedSession): SessionReport {
  const { id, state, assessment, evidence, resolved = null, verify, delivery } = ended;
  const { summary } = state;
  const dominant = dominantRegime(summary);
  const end = endScoreOf(assessment);
  return {
    session_id: id,
    ...end,
    regime: assessment.regime,
    dominant_regime: dominant,
    family: familyOf(dominant),
    worst_tier: summary.worstTier > end.tier ? summary.worstTier : end.tier,
    resolved,
    public_class: assessment.publicClass,
    trace_quality: assessment.traceQuality,
    ...failureRiskOf(assessment),
    total_steps: assessment.step,
    regimes: summary.regimes,
    loops: summary.loops.map(reportedLoop),
    loop_count: summary.loopCount,
    coverage: {
      exact_cycle: share(summary.exactSteps, summary.steps),
      pattern_cycle: share(summary.patternSteps, summary.steps),
    },
    totals: state.totals,
    run_id: evidence.runId,
    chain_head: evidence.chainHead,
    merkle_root: evidence.merkleRoot,
    verify,
    delivery,
    observation: "passive",
  };
}

/** A very short session is T3 at best, now that it is over. */
function endScoreOf(assessment: Assessment): Pick<SessionReport, "tier" | "uds" | "uds_capped_by"> {
  const { uds, tier, isShort } = scoreAtEnd(assessment);
  return isShort
    ? { tier, uds, uds_capped_by: "short_session" }
    : { tier, ...shownUds(assessment) };
}

function reportedLoop(loop: Loop): ReportedLoop {
  return { ...advisedPattern(loop), last_step: loop.lastStep };
}

function share(part: number, whole: number): number {
  return whole === 0 ? 0 : rounded(part / whole);
}
