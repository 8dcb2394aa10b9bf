/** Cohorts of one workflow, compared; and a workflow's evidence in one file. */
import { z } from "zod";
import { receiptAnswer } from "./evidence.ts";
import { count, hashSchema, publicClass, regime, tier } from "./fields.ts";

/** Second cohort minus first; null where too little is known. */
const difference = z
  .object({
    estimate: z.number(),
    low: z.number(),
    high: z.number(),
    /** `not_shown` where the interval holds 0. */
    direction: z.enum(["lower", "higher", "not_shown"]),
  })
  .nullable();

const shareFigure = z.object({
  /** Sessions of which it is known. */
  known: count,
  count,
  share: z.number().nullable(),
  low: z.number().nullable(),
  high: z.number().nullable(),
});
export const shareComparison = z.object({ before: shareFigure, after: shareFigure, difference });

const amountFigure = z.object({
  known: count,
  median: z.number().nullable(),
  lower_quarter: z.number().nullable(),
  upper_quarter: z.number().nullable(),
});
export const amountComparison = z.object({ before: amountFigure, after: amountFigure, difference });

const cohort = z.object({
  label: z.string(),
  /** All sessions with the label. */
  sessions: count,
  compared: count,
  left_out: z.object({
    not_ended: count,
    restarted: count,
    without_steps: count,
    /** Older ones beyond the largest sample. */
    beyond_sample: count,
  }),
  marked_at_end: count,
  first_seen: z.string().nullable(),
  last_seen: z.string().nullable(),
  engine_versions: z.array(z.string()),
});

const boundaries = z.record(z.string(), z.literal(true));

export const effectivenessAnswer = z.object({
  schema: z.literal("caum.workflow_effectiveness.v1.0"),
  workflow: z.string(),
  cohorts: z.object({ before: cohort, after: cohort }),
  /** Sessions of the workflow under any other label, or none. */
  other_sessions: count,
  unmarked_sessions: count,
  shares: z.object({ looping_sessions: shareComparison, resolved: shareComparison }),
  amounts: z.object({
    steps: amountComparison,
    loop_step_share: amountComparison,
    work_yield: amountComparison,
    total_tokens: amountComparison,
    cost_usd: amountComparison,
  }),
  method: z.object({
    confidence: z.number(),
    min_known: count,
    intervals: z.array(z.string()),
  }),
  /** Whether the comparison may be shown to others as it is; what stands against it otherwise. */
  publishable: z.boolean(),
  reservations: z.array(
    z.enum([
      "too_few_sessions",
      "unmarked_sessions",
      "marked_at_end",
      "sessions_left_out",
      "engine_changed",
    ]),
  ),
  claim_boundaries: boundaries,
});

const packSession = z.object({
  session_id: z.string(),
  /** First 32 hex digits of SHA-256 of the id: what the checkpoint's origin names. */
  session_tag: z.string(),
  agent: z.string(),
  cohort: z.string().nullable(),
  cohort_marked_at_end: z.boolean(),
  first_seen: z.string(),
  last_seen: z.string(),
  ended: z.boolean(),
  resolved: z.boolean().nullable(),
  figures: z.object({
    engine_version: z.string(),
    steps: count,
    regime,
    tier,
    worst_tier: tier,
    uds: z.number(),
    trace_quality: z.string(),
    loops: count,
    loop_steps: count,
    work_yield: z.number(),
    total_tokens: count,
    cost_usd: z.number(),
    baseline_cost_usd: z.number().nullable(),
    reviewable_cost_exposure_usd: z.number(),
    dropped_events: count,
  }),
  review: publicClass,
  evidence: z.object({
    records: count,
    runs: count,
    forks: count,
    merkle_root: hashSchema,
    checkpoint: z.string(),
    receipt: receiptAnswer,
  }),
  verify: z.string(),
});

export const evidencePackAnswer = z.object({
  schema: z.literal("caum.agent_evidence_pack.v1.0"),
  /** SHA-256 of the pack's JSON without this field: a name for these very bytes, no signature. */
  digest: hashSchema,
  account_id: z.string(),
  workflow: z.string(),
  decision: z.literal("observe_only"),
  allowed_to_block: z.literal(false),
  raw_content_used: z.literal(false),
  status: z.object({
    /** Of drops, holes and forks, all of which the sessions' records declare. */
    structural_logging: z.enum(["no_gap_declared", "gaps_declared"]),
    /** Sessions that a person should look at. */
    review_readiness: z.object({ hard_alert: count, review_only: count, none: count }),
    policy_delta: z.enum(["compared", "not_compared"]),
    raw_content: z.literal("not_used"),
  }),
  verifier_keys: z.array(z.object({ name: z.string(), vkey: z.string() })),
  sessions_total: count,
  /** Newest ones where the pack does not hold all; in the order they began. */
  sessions: z.array(packSession),
  complete: z.boolean(),
  effectiveness: effectivenessAnswer.nullable(),
  supports: z.array(z.object({ purpose: z.string(), by: z.array(z.string()) })),
  verify: z.array(z.string()),
  not_proven: z.array(z.string()),
  claim_boundaries: boundaries,
});
