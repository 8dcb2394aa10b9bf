/** What is remembered of sessions and of their workflows. */
import { z } from "zod";
import { count } from "./fields.ts";

/** Counts by the number of a place. */
const counts = z.record(z.string().regex(/^\d{1,4}$/), count);

const toolFigures = z.object({
  tool: z.string(),
  server: z.string().optional(),
  calls: count,
  toolErrors: count,
  protocolErrors: count,
  loopSteps: count,
  durations: counts,
});

const loopKind = z.object({
  rule: z.string(),
  period: count,
  tools: z.array(z.string()),
  count,
  steps: count,
  costNanoUsd: count,
});

const sessionStructure = z.object({
  calls: count,
  turns: count,
  reviewSteps: count,
  failures: count,
  retries: count,
  denied: count,
  pending: count,
  client: z.string().optional(),
  ops: z.array(count),
  transitions: counts,
  tools: z.array(toolFigures),
  models: z.record(z.string(), count),
  loopKinds: z.array(loopKind),
  inLoops: z.object({ tokens: count, ms: count }),
  afterAlert: z.object({ steps: count, tokens: count, costNanoUsd: count, ms: count }),
});

/** A profile goes over the wire under its own names, as a record does. */
export const sessionProfile = z.object({
  sessionId: z.string(),
  workflow: z.string().optional(),
  agent: z.string().optional(),
  client: z.string().optional(),
  servers: z.array(z.string()),
  cohort: z.string().optional(),
  taskTag: z.string().optional(),
  startedMs: count,
  endedMs: count,
  ended: z.boolean(),
  resolved: z.boolean().optional(),
  steps: count,
  loops: count,
  loopSteps: count,
  loopCostNanoUsd: count,
  reviewed: z.boolean(),
  tokens: count.optional(),
  costNanoUsd: count.optional(),
  durationMs: count.optional(),
  failureRisk: z.number().nullable(),
  engine: z.string(),
  structure: sessionStructure,
});

export const profilesAnswer = z.object({
  schema: z.literal("caum.profiles.v1.0"),
  /** The newest ones first, by when they began. */
  profiles: z.array(sessionProfile),
  next_cursor: z.string().nullable(),
});

const memoryKind = z.enum(["workflow", "agent", "client", "server"]);

/** Of one session each; `known` sessions said any, and the others count in none of it. */
const amountOfSessions = z.object({
  known: count,
  total: z.number(),
  p50: z.number().nullable(),
  p95: z.number().nullable(),
});

/** What sessions that began on some days did. */
const memoryFigures = z.object({
  sessions: count,
  ended_sessions: count,
  looping_sessions: count,
  /** With something to review at some step. */
  reviewed_sessions: count,
  outcomes: z.object({ known: count, resolved: count }),
  steps: amountOfSessions,
  tokens: amountOfSessions,
  cost_usd: amountOfSessions,
  duration_ms: amountOfSessions,
  calls: count,
  turns: count,
  failures: count,
  retries: count,
  denied: count,
  pending: count,
  loops: count,
  loop_steps: count,
  in_loops: z.object({ tokens: count, ms: count, cost_usd: z.number() }),
  after_alert: z.object({ steps: count, tokens: count, ms: count, cost_usd: z.number() }),
  /** Calls by operation. */
  operations: z.record(z.string(), count),
  /** How often which operation came after which; null where that was too much to keep. */
  transitions: z.array(z.object({ from: z.string(), to: z.string(), count })).nullable(),
});

const memorySummary = z.object({
  kind: memoryKind,
  name: z.string(),
  /** Of all days. */
  sessions: count,
  first_session_at: z.string(),
  last_active_at: z.string(),
  /** Of sessions that began in the last days, today with. */
  recent: z.object({ days: count, sessions: count, looping_sessions: count }),
  /** What is said of it; null where nothing is. */
  card: z.record(z.string(), z.unknown()).nullable(),
});

export const workflowsAnswer = z.object({
  schema: z.literal("caum.workflows.v1.0"),
  /** By name. */
  workflows: z.array(memorySummary),
  next_cursor: z.string().nullable(),
});

export const workflowAnswer = z.object({
  schema: z.literal("caum.workflow.v1.0"),
  workflow: memorySummary,
  /** Of all sessions that began on the days that were asked for. */
  total: memoryFigures,
  /** Oldest first, in UTC; days without a session are left out. */
  days: z.array(z.object({ day: z.iso.date(), figures: memoryFigures })),
});

const timestamp = z.iso.datetime({ offset: true });

/**
 * Which sessions are normal: those that began in a range of time, `until` not with, those of a cohort, or
 * the last stretch in which nothing moved.
 */
export const baselineRequest = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("range"), since: timestamp, until: timestamp }),
  z.strictObject({ kind: z.literal("cohort"), cohort: z.string().min(1).max(255) }),
  z.strictObject({ kind: z.literal("latest") }),
]);

/** How the workflow stands against what was chosen. */
export const baselineAnswer = z.object({
  schema: z.literal("caum.baseline.v1.0"),
  workflow: memorySummary,
});
