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
