/** Runs v1: native canonical lines, verified and stored as they are. */
import { z } from "zod";
import { count, hashSchema, publicClass, regime, tier } from "./fields.ts";

/** Lines of one request; more go into the next one. */
export const MAX_RUN_LINES = 2_000;

export const runIdParameter = z.object({ runId: z.string().regex(/^[0-9a-f]{32}$/) });

/** What became of the lines that were not simply accepted; lines count from 1. */
export const runLineResult = z.object({
  line: z.number().int().positive(),
  status: z.enum(["duplicate", "gap", "fork"]),
  code: z.enum(["DUPLICATE", "GAP", "FORK"]),
  seq: count,
  /** With a gap: the seq that the collector waits for. */
  expected: count.optional(),
});

export const runAnswer = z.object({
  run_id: z.string(),
  session_id: z.string(),
  accepted: count,
  duplicate: count,
  rejected: count,
  results: z.array(runLineResult),
  /** The seq that comes next in this run, and the leaf it must link to. */
  next_seq: count,
  run_head: hashSchema,
  state: z.object({
    regime,
    tier,
    uds: z.number(),
    public_class: publicClass,
    live_alert: z.boolean(),
  }),
  evidence: z.object({ merkle_root: hashSchema, tree_size: count, run_count: count }),
  received_at: z.string(),
});
