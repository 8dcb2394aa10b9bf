/** Values that several doors share, as zod schemas. */
import { z } from "zod";
import { isIdentifier } from "../capture/identifier.ts";
import { CATEGORIES } from "../capture/record.ts";

/** Nano-USD are kept as integers up to 2^53 - 1, which is a little over nine million dollars. */
const MAX_COST_USD = 9_000_000;
const MAX_TEXT = 255;

/** Free text that a door reads and never keeps as it is. */
export const anyText = z.string();

/** An id that only its equality matters of: digested or keyed, never kept. Empty is none. */
export const opaqueId = anyText.max(MAX_TEXT);

/** A name: at most 255 characters; what does not fit the record schema becomes a keyed tag. */
export const nameText = z.string().max(MAX_TEXT);

/** Somebody's own id of a session or an agent. */
export const identifierSchema = z
  .string()
  .min(1)
  .refine(isIdentifier, {
    message: `must be 1 to ${MAX_TEXT} characters of well formed text without control characters`,
  });

export const count = z.number().int().nonnegative().max(Number.MAX_SAFE_INTEGER);
export const costUsd = z.number().nonnegative().max(MAX_COST_USD);

export const hashSchema = z.string().regex(/^[0-9a-f]{64}$/);

export const tier = z.enum(["T1", "T2", "T3", "T4", "T5"]);
export const publicClass = z.enum(["none", "review_only", "hard_alert"]);
export const regime = z.enum([
  "WARMING_UP",
  "EXPLORER",
  "EXPANSION",
  "LINEAR_PROGRESS",
  "STABLE",
  "GRIND",
  "LOOP",
  "REASONING_LOOP",
  "STAGNATION",
  "FUNNEL_TRAP",
]);
export const udsCap = z.enum([
  "loop",
  "short_session",
  "stagnation",
  "funnel_trap",
  "one_kind_of_work",
]);
/** What an event's `previousHash` came to; docs/collector.md has the words. */
export const senderLink = z.enum(["linked", "unequal", "malformed", "missing", "unknown"]);
export const category = z.enum(CATEGORIES);

/** Null with a reason where structure tells nothing about the outcome of such work. */
export const failureRiskSchema = {
  failure_risk: z.number().nullable(),
  /** Only with null; docs/signals.md has the words. */
  failure_risk_reason: z.enum(["too_early", "dialogue", "unproven_work"]).optional(),
};

export const coordination = z.object({
  decision: z.literal("observe_only"),
  allowed_to_block: z.literal(false),
  advice: z.enum(["continue", "watch", "replan", "break_loop"]),
});

export const evidenceGrade = z.object({
  public_class: publicClass,
  raw_content_used: z.literal(false),
  allowed_to_block: z.literal(false),
});

export const pattern = z.object({
  rule: z.string(),
  period: count,
  cycles: count,
  from_step: count,
  /** Tools of one cycle, each once; who speaks, in mere talk. */
  tools: z.array(z.string()),
  /** When the first step was, as far as that is known. */
  since: z.string().nullable(),
});
