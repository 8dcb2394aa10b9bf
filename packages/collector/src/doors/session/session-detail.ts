import { CompactRange } from "@caum/core/collector";
import { z } from "zod";
import { DoorError, refusalError } from "../../http/door-error.ts";
import { parse } from "../../http/parse.ts";
import type { TenantRow } from "../../rows/tenant-rows.ts";
import type { Services } from "../../services.ts";
import { sessionSummaryOf, stepOfRecord } from "./session-summary.ts";

const DEFAULT_STEPS = 200;
const MAX_STEPS = 1_000;

export const stepsQuery = z.object({
  limit: z.coerce.number().int().min(1).max(MAX_STEPS).default(DEFAULT_STEPS),
  cursor: z.string().max(20).optional(),
});

/** A session with a page of its records and what was found at each. */
export async function sessionDetail(
  owner: TenantRow,
  id: string,
  query: unknown,
  { store, clock }: Services,
) {
  const { limit, cursor } = parse(stepsQuery, query);
  const from = indexOf(cursor);
  const view = await store.reader.session(owner.tenant, id);
  if (view === undefined) throw refusalError("NOT_FOUND");
  if ("gone" in view) throw refusalError("GONE");
  const records = await store.reader.records(owner.tenant, id, from, limit);
  return {
    session: sessionSummaryOf(view, clock()),
    merkle_root: CompactRange.restore(view.tree).root,
    tree_size: view.tree.size,
    steps: records.map((record) => stepOfRecord(record, view.facts)),
    next_cursor: records.length < limit ? null : String(from + records.length),
  };
}

function indexOf(cursor: string | undefined): number {
  const index = Number(cursor ?? 0);
  if (Number.isSafeInteger(index) && index >= 0) return index;
  throw new DoorError("VALIDATION_ERROR", "the cursor is none of ours: start without one");
}
