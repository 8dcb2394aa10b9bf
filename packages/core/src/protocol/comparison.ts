/** Sessions compared by their structure, loops that recur, and what loops cost a workflow. */
import { z } from "zod";
import { count } from "./fields.ts";

const share = z.number().min(0).max(1);

/** From 0, the same, to 1, nothing in common; null where it cannot be known. */
const distanceParts = z.object({
  operations: share,
  transitions: share,
  tools: share.nullable(),
  length: share,
  loops: share,
});

const similarSession = z.object({
  session_id: z.string(),
  title: z.string(),
  agent_name: z.string().nullable(),
  workflow: z.string().nullable(),
  cohort: z.string().nullable(),
  first_seen: z.string(),
  last_seen: z.string(),
  ended: z.boolean(),
  resolved: z.boolean().nullable(),
  steps: count,
  loop_count: count,
  /** Null where nobody said any. */
  total_tokens: count.nullable(),
  total_cost_usd: z.number().nullable(),
  distance: share,
  parts: distanceParts,
  dashboard_path: z.string(),
});

export const similarAnswer = z.object({
  schema: z.literal("caum.similar_sessions.v1.0"),
  session_id: z.string(),
  /** False for a session whose structure was not counted: nothing can be compared with it. */
  known: z.boolean(),
  /** What it was compared with: sessions of its workflow first, then of its agent, then others. */
  compared: z.object({
    sessions: count,
    of_workflow: count,
    of_agent: count,
    /** Whether these are all sessions of the account whose structure is known. */
    complete: z.boolean(),
  }),
  /** The nearest first. */
  sessions: z.array(similarSession),
  /** How much each part weighs in the distance. */
  weights: z.record(z.string(), count),
});

const recurringLoop = z.object({
  rule: z.string(),
  /** Steps of one cycle; 0 where the repeats come in any order. */
  period: count,
  tools: z.array(z.string()),
  sessions: count,
  loops: count,
  steps: count,
  first_seen: z.string(),
  last_seen: z.string(),
  /** In the sessions that say what anything cost; null where none does. */
  cost_usd: z.number().nullable(),
  cost_known: count,
  /** The latest sessions with it, and where most of them belong. */
  latest_sessions: z.array(z.string()),
  workflows: z.array(z.string()),
  agents: z.array(z.string()),
});

/** Which sessions an answer is about. */
const range = {
  /** Sessions that began at or after it, and before that. */
  since: z.string().nullable(),
  until: z.string().nullable(),
  sessions: count,
  /** False where there were more than are read at once: the newest are in it. */
  complete: z.boolean(),
};

export const recurringAnswer = z.object({
  schema: z.literal("caum.recurring_loops.v1.0"),
  workflow: z.string().nullable(),
  ...range,
  looping_sessions: count,
  /** Sessions with loops of tools whose names are keyed per session: they cannot be compared. */
  unnamed_sessions: count,
  /** In the most sessions first. */
  loops: z.array(recurringLoop),
  /** Kinds of loops beyond those listed. */
  more: count,
});

/** Null where no session says any. */
const amount = z
  .object({
    /** Sessions that say what they spent; the sums are over these. */
    known: count,
    total: z.number().nonnegative(),
    in_loops: z.number().nonnegative(),
    after_alert: z.number().nonnegative(),
  })
  .nullable();

const exposure = {
  sessions: count,
  looping_sessions: count,
  /** Sessions in which something was done after an alert stood. */
  alerted_sessions: count,
  tokens: amount,
  cost_usd: amount,
  duration_ms: amount,
};

export const exposureAnswer = z.object({
  schema: z.literal("caum.workflow_exposure.v1.0"),
  workflow: z.string(),
  since: range.since,
  until: range.until,
  complete: range.complete,
  ...exposure,
  /** By the Monday (UTC) of the week in which sessions began, the earliest first. */
  weeks: z.array(z.object({ week: z.string(), ...exposure })),
  /** The most exposed first; `task` is null for sessions without one. */
  tasks: z.array(z.object({ task: z.string().nullable(), ...exposure })),
  other_tasks: count,
  /** What has to be assumed to read the figures. */
  assumed: z.array(z.string()),
  claim_boundaries: z.record(z.string(), z.literal(true)),
});

/** What failure_risk means in a workflow, by the sessions of which somebody said how they ended. */
export const outcomeAnswer = z.object({
  schema: z.literal("caum.workflow_outcome.v1.0"),
  workflow: z.string(),
  complete: range.complete,
  /** Sessions with an outcome and a risk, and how many of them were not resolved. */
  outcomes: count,
  failures: count,
  /** With fewer outcomes nothing is said. */
  fewest: count,
  /** Why nothing is said; null where something is. */
  reason: z.enum(["too_few_outcomes", "one_outcome", "risk_tells_nothing"]).nullable(),
  /** By what was said of sessions that the calibration did not know; empty where nothing is. */
  reliability: z.array(
    z.object({ sessions: count, said: share, failed: share, low: share, high: share }),
  ),
  /** Mean square of what was said less what came, and of always saying the share of failures. */
  error: z.number().nullable(),
  error_of_share: z.number().nullable(),
});
