/** Live v2: zero-semantic events under a session token. */
import { z } from "zod";
import {
  anyText,
  coordination,
  costUsd,
  count,
  evidenceGrade,
  failureRiskSchema,
  hashSchema,
  nameText,
  opaqueId,
  pattern,
  publicClass,
  regime,
  tier,
  udsCap,
} from "./fields.ts";

export const liveStartRequest = z.object({
  /** A label; the key decides the tenant. */
  tenant_id: nameText.nullish(),
  agent_id: nameText.nullish(),
  workflow: nameText.nullish(),
  team: nameText.nullish(),
  cohort: nameText.nullish(),
  /** Kept as a keyed tag only. */
  task_id: anyText.nullish(),
  task_family: nameText.nullish(),
  baseline_cost_usd: costUsd.nullish(),
  /** A wish; the answer holds the id that counts. */
  session_id: nameText.nullish(),
  source: nameText.nullish(),
});

/** The allow-list: whatever else an event holds is dropped before anything else happens. */
export const liveEvent = z.object({
  event: anyText.nullish(),
  tool: anyText.nullish(),
  phase: anyText.nullish(),
  status: z.union([anyText, z.boolean()]).nullish(),
  state_id: anyText.nullish(),
  /** Opaque id of what was asked: equal questions are equal ids. */
  input_id: anyText.nullish(),
  tool_family: anyText.nullish(),
  input_tokens: count.nullish(),
  output_tokens: count.nullish(),
  tokens_used: count.nullish(),
  latency_ms: z.number().nonnegative().max(Number.MAX_SAFE_INTEGER).nullish(),
  cost_usd: costUsd.nullish(),
  timestamp: z.union([anyText, z.number()]).nullish(),
  event_id: anyText.nullish(),
  /** Opaque id of the model turn that asked for the call, and of the agent of a team. */
  parent: opaqueId.nullish(),
  agent: opaqueId.nullish(),
});

export const liveEventRequest = z.object({
  session_id: nameText,
  session_token: nameText,
  event: z.record(z.string(), z.unknown()),
});

/** Events of one request; more go into the next one. */
export const MAX_BATCH_EVENTS = 1_000;

export const liveBatchRequest = z.object({
  session_id: nameText,
  session_token: nameText,
  events: z.array(z.record(z.string(), z.unknown())).min(1).max(MAX_BATCH_EVENTS),
});

export const structuralHealth = z.object({
  regime,
  healthy: z.enum(["yes", "warning", "no"]),
  uds: z.number(),
  /** Why it is not what the three scores give; absent where it is. */
  uds_capped_by: udsCap.optional(),
  ...failureRiskSchema,
  trace_quality: z.enum(["full", "partial", "labels", "unstable_hashes"]),
  step: count,
  reasons: z.array(z.string()),
  pattern: pattern.optional(),
  scores: z.object({ tcr: z.number(), esr: z.number(), sci: z.number() }),
});

export const liveEvidence = z.object({
  algorithm: z.literal("sha256"),
  event_hash: hashSchema,
  previous_hash: hashSchema,
  chain_head: hashSchema,
  merkle_root: hashSchema,
  tree_size: count,
});

/** How a session stands after an event. */
export const liveAnswer = z.object({
  session_id: z.string(),
  event_type: z.enum([
    "observation",
    "structural_pressure_observed",
    "structural_loop_entered",
    "structural_loop_continues",
    "structural_loop_exited",
  ]),
  live_alert: z.boolean(),
  tier: z.object({ tier, rank: z.number().int().min(1).max(5) }),
  current_tier: tier,
  public_class: publicClass,
  structural_health: structuralHealth,
  evidence_grade: evidenceGrade,
  coordination,
  evidence: liveEvidence,
  receipt_id: z.string(),
  dashboard_path: z.string(),
  dropped_fields: count,
});

export const liveSession = z.object({
  session_id: z.string(),
  /** What the sender called its tenant; a label, which decides nothing. */
  tenant_id: z.string().nullable(),
  agent_id: z.string(),
  workflow: z.string().nullable(),
  event_count: count,
  step_count: count,
  current_tier: tier,
  regime,
  uds: z.number(),
  live_alert: z.boolean(),
  public_class: publicClass,
  receipt_id: z.string().nullable(),
  chain_head: hashSchema.nullable(),
  merkle_root: hashSchema,
  tree_size: count,
  total_tokens: count,
  total_cost_usd: z.number(),
  baseline_cost_usd: z.number().nullable(),
  started_at: z.string(),
  last_event_at: z.string(),
  ended: z.boolean(),
  dashboard_path: z.string(),
});

export const liveStartAnswer = z.object({
  session: liveSession,
  session_token: z.string(),
  expires_at: z.string(),
  coordination: coordination.omit({ advice: true }),
});

export const liveBatchAnswer = z.object({ results: z.array(liveAnswer), state: liveSession });
export const liveSessionAnswer = z.object({ session: liveSession });
export const liveSessionsAnswer = z.object({
  sessions: z.array(liveSession),
  next_cursor: z.string().nullable(),
});
export const liveHealthAnswer = z.object({
  status: z.literal("ok"),
  mode: z.literal("zero_semantic"),
  decision: z.literal("observe_only"),
  allowed_to_block: z.literal(false),
});
