import type { DeliveryClaim } from "../../rows/alert-rows.ts";
import { integer, type Row, text } from "../columns/columns.ts";
import { ANY_DUE } from "../program/deliveries.ts";
import { one, type Program } from "../program/program.ts";

/**
 * The first alert of the next rule that has any, in two questions: SQLite walks through all alerts of a
 * rule to answer `(tenant, rule) > ($1, $2)`, and does not for these. A long queue is one step, not many.
 */
const NEXT_OF_TENANT = `select tenant, rule, id, due_ms from alerts
  where status in ('armed', 'due') and tenant = $1 and rule > $2 order by rule, due_ms, id limit 1`;
const NEXT_TENANT = `select tenant, rule, id, due_ms from alerts
  where status in ('armed', 'due') and tenant > $1 order by tenant, rule, due_ms, id limit 1`;

/** What is due: the first alert of each rule, the oldest first. */
export function* firstDue(claim: DeliveryClaim): Program<readonly Row[]> {
  const { nowMs, limit, busyRules } = claim;
  if ((yield* one("any_due", ANY_DUE, [nowMs])) === undefined) return [];
  const busy = new Set(busyRules);
  const first = yield* firstOfEachRule();
  return first
    .filter((row) => integer(row, "due_ms") <= nowMs && !busy.has(text(row, "rule")))
    .toSorted((a, b) => integer(a, "due_ms") - integer(b, "due_ms"))
    .slice(0, limit);
}

function* firstOfEachRule(): Program<readonly Row[]> {
  const found: Row[] = [];
  for (let row = yield* one("next_tenant", NEXT_TENANT, [-1]); row !== undefined; ) {
    found.push(row);
    const place = [row.tenant, row.rule];
    row =
      (yield* one("next_of_tenant", NEXT_OF_TENANT, place)) ??
      (yield* one("next_tenant", NEXT_TENANT, place));
  }
  return found;
}
