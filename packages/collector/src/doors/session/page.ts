import { z } from "zod";
import { DoorError } from "../../http/door-error.ts";
import { parse } from "../../http/parse.ts";
import type { SessionCursor, SessionFilter, SessionView } from "../../store/store.ts";

const DEFAULT_LIMIT = 20;
export const NUL = "holds a NUL, which no name does";

/** PostgreSQL refuses text with a NUL in it, also where it is only looked for. */
export function isStorable(text: string): boolean {
  return !text.includes("\0");
}

const FLAG = z.enum(["true", "false"]).transform((word) => word === "true");

export const pageQuery = z.object({
  limit: z.coerce.number().int().min(1).max(100).default(DEFAULT_LIMIT),
  cursor: z.string().max(100).optional(),
  agent: z.string().max(255).refine(isStorable, NUL).optional(),
  tier: z.enum(["T1", "T2", "T3", "T4", "T5"]).optional(),
  regime: z.string().max(32).refine(isStorable, NUL).optional(),
  worst_tier: z.enum(["T1", "T2", "T3", "T4", "T5"]).optional(),
  had_loop: FLAG.optional(),
  marked: FLAG.optional(),
});

const traceId = z.string().min(1).max(128).optional();

/** The same with ids that senders share between sessions; only equal ones are found. */
export const sessionsQuery = pageQuery.extend({
  traceId,
  runId: traceId,
  correlationId: traceId,
});

/** Which page of sessions is asked for. */
export function pageOf(query: unknown): SessionFilter {
  return filterOf(parse(pageQuery, query));
}

/** The same of a query that was read already: its words are values then, and cannot be read twice. */
export function filterOf(query: z.output<typeof pageQuery>): SessionFilter {
  const { cursor, worst_tier, had_loop, marked, ...filter } = query;
  return {
    ...filter,
    worstTier: worst_tier,
    hadLoop: had_loop,
    isMarked: marked,
    after: cursor === undefined ? undefined : decodeCursor(cursor),
  };
}

/** Where the next page begins; null after the last one. */
export function nextCursor(views: readonly SessionView[], limit: number): string | null {
  const last = views.at(-1);
  if (last === undefined || views.length < limit) return null;
  return Buffer.from(`${last.lastMs}.${last.key}`).toString("base64url");
}

function decodeCursor(cursor: string): SessionCursor {
  const [, lastMs, key] = /^(\d{1,15})\.(\d{1,15})$/.exec(
    Buffer.from(cursor, "base64url").toString("latin1"),
  ) ?? [undefined, undefined, undefined];
  if (lastMs === undefined || key === undefined) {
    throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
  }
  return { lastMs: Number(lastMs), key: Number(key) };
}
