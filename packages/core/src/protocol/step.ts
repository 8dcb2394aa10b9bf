/** Step v1: one documented call per tool use, with a key. */
import { z } from "zod";
import {
  anyText,
  costUsd,
  count,
  failureRiskSchema,
  hashSchema,
  identifierSchema,
  opaqueId,
  pattern,
  publicClass,
  regime,
  senderLink,
  tier,
  udsCap,
} from "./fields.ts";

export const stepRequest = z.object({
  session_id: identifierSchema,
  step: z.number().int().min(1).max(Number.MAX_SAFE_INTEGER),
  tool: z.string().min(1),
  /** Digested in memory; never kept. */
  content: anyText.nullish(),
  /** What was asked of the tool, in any form; digested in memory and never kept. */
  arguments: z.unknown().nullish(),
  agent_name: anyText.nullish(),
  team: anyText.nullish(),
  /** Kept as a keyed tag only. */
  task: anyText.nullish(),
  workflow: anyText.nullish(),
  /** Which side of a comparison the session is on, for example `before` or `after`. */
  cohort: anyText.nullish(),
  tokens_used: count.nullish(),
  cost_usd: costUsd.nullish(),
  /** Id of the model turn: steps with the same one were asked for together. Kept digested. */
  parent: opaqueId.nullish(),
  /** Which agent of a team did the step; kept as a keyed tag. `agent_name` is of the session. */
  agent: opaqueId.nullish(),
  /** Stands for the state after the call; equal states are equal hashes. */
  state_hash: z.union([z.string().min(8).max(128), z.literal("")]).nullish(),
});

export const advisory = z.object({
  advice: z.enum(["continue", "watch", "replan", "break_loop"]),
  /** `none` where only the tier is bad, or a rule of yours fired. */
  public_class: publicClass,
  /** Never empty; see docs/signals.md for the words. */
  reasons: z.array(z.string()).min(1),
  message: z.string(),
  /** What repeats or lowers the score; null where a rule fired for something else. */
  pattern: pattern.nullable(),
});

export const stepAnswer = z.object({
  regime,
  ...failureRiskSchema,
  uds: z.number(),
  /** Why it is not what the three scores give; absent where it is. */
  uds_capped_by: udsCap.optional(),
  tier,
  /** Null where there is nothing to say; never while a loop, tier T4 or T5, or an alert is told. */
  advisory: advisory.nullable(),
  merkle_root: hashSchema,
  /** The session entered an alert with this step: a loop, or tier T4 or T5 that held. */
  alert_fired: z.boolean(),
  /** Conditions of your rules that fired with this step; absent where none did. */
  rules_fired: z.array(z.string()).optional(),
  observation: z.literal("passive"),
  /** Only with `?explain=1`. */
  explanation: z.string().optional(),
});

export const endRequest = z.object({
  resolved: z.boolean().nullish(),
  /** Labels stand where none was given before; they are not part of the chain. */
  workflow: anyText.nullish(),
  cohort: anyText.nullish(),
});

const loop = z.object({
  rule: z.string(),
  period: count,
  cycles: count,
  from_step: count,
  last_step: count,
  tools: z.array(z.string()),
  since: z.string().nullable(),
});

export const endAnswer = z.object({
  session_id: z.string(),
  tier,
  uds: z.number(),
  /** Why it is not what the three scores give; absent where it is. */
  uds_capped_by: udsCap.optional(),
  regime,
  dominant_regime: regime,
  family: z.enum(["EXPANSION", "STABLE", "CONFINEMENT", "STUPOR"]),
  worst_tier: tier,
  resolved: z.boolean().nullable(),
  public_class: z.enum(["none", "review_only", "hard_alert"]),
  trace_quality: z.string(),
  ...failureRiskSchema,
  work_yield: z.number(),
  total_steps: count,
  total_events: count,
  regimes: z.record(z.string(), count),
  loops: z.array(loop),
  loop_count: count,
  coverage: z.object({ exact_cycle: z.number(), pattern_cycle: z.number() }),
  totals: z.object({
    input_tokens: count,
    output_tokens: count,
    total_tokens: count,
    cost_usd: z.number(),
    duration_ms: count,
  }),
  cost_exposure: z.object({
    actual_cost_usd: z.number(),
    reviewable_cost_exposure_usd: z.number(),
    baseline_cost_usd: z.number().nullable(),
    basis: z.string(),
  }),
  chain_head: hashSchema,
  merkle_root: hashSchema,
  tree_size: count,
  receipt_id: z.string(),
  claim_boundaries: z.record(z.string(), z.literal(true)),
  verify: z.string(),
  /** Version of the rules that judged it. */
  engine_version: z.string(),
  observation: z.literal("passive"),
});

const sessionSummary = z.object({
  session_id: z.string(),
  /** For people: who, and with which servers. */
  title: z.string(),
  agent_name: z.string(),
  team: z.string().nullable(),
  workflow: z.string().nullable(),
  task_tag: z.string().nullable(),
  cohort: z.string().nullable(),
  steps: count,
  events: count,
  regime,
  tier,
  uds: z.number(),
  ...failureRiskSchema,
  public_class: z.enum(["none", "review_only", "hard_alert"]),
  /** A hard rule stands, and the session goes on. */
  live_alert: z.boolean(),
  /** Of all attempts, like the loops: what happened stays when the session moved on. */
  worst_tier: tier,
  loop_count: count,
  loop_steps: count,
  loop_cost_usd: z.number(),
  /** It had a loop that nobody has acknowledged. */
  marked: z.boolean(),
  acknowledged_at: z.string().nullable(),
  acknowledged_by: z.string().nullable(),
  total_tokens: count,
  total_cost_usd: z.number(),
  /** By the sender's clock, never later than by the collector's. */
  first_seen: z.string(),
  last_seen: z.string(),
  ended: z.boolean(),
  resolved: z.boolean().nullable(),
  segment: count,
  /** Events by what their `previousHash` came to; null where nobody sent one. */
  sender_links: z.partialRecord(senderLink, count).nullable(),
  layers: z.array(z.string()),
  views: z.array(z.string()),
  dashboard_path: z.string(),
});

export const acknowledgeRequest = z.object({
  /** Who has looked at it; a name, a role, an address. */
  by: z
    .string()
    .trim()
    .min(1)
    .max(64)
    .regex(/^[^\p{C}]+$/u)
    .nullish(),
});

export const acknowledgeAnswer = z.object({ session: sessionSummary });

export const sessionsAnswer = z.object({
  sessions: z.array(sessionSummary),
  next_cursor: z.string().nullable(),
});

export const sessionAnswer = z.object({
  session: sessionSummary,
  merkle_root: hashSchema,
  tree_size: count,
  steps: z.array(
    z.object({
      index: count,
      received_at: z.string(),
      leaf: hashSchema,
      /** Null where the record was deleted. */
      record: z.record(z.string(), z.unknown()).nullable(),
      sender_link: senderLink.optional(),
      assessment: z
        .object({
          step: count,
          event_type: z.string(),
          regime,
          tier,
          uds: z.number(),
          ...failureRiskSchema,
          public_class: z.enum(["none", "review_only", "hard_alert"]),
          reasons: z.array(z.string()),
          /** What an alert that stands says to a person; null where none does. */
          message: z.string().nullable(),
        })
        .nullable(),
    }),
  ),
  next_cursor: z.string().nullable(),
});
