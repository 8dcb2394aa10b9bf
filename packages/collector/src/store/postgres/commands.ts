/** Commands and deliveries, each in transactions of its own. */
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import type { Row } from "../columns/columns.ts";
import type { Command, CommandAnswer } from "../command.ts";
import { transactionsFor } from "../program/commands.ts";
import { ANY_DUE, leaseAll } from "../program/deliveries.ts";
import { type Program, rows } from "../program/program.ts";
import type { Database } from "./database.ts";
import { play, playAll } from "./play-program.ts";

/**
 * The first alert of each rule that has any. Each step jumps to the next rule in the index, so that
 * a long queue of one rule is one step and not many.
 */
const FIRST_OF_EACH_RULE = `with recursive first as (
    (select tenant, rule, due_ms, id from alerts where status in ('armed', 'due')
      order by tenant, rule, due_ms, id limit 1)
    union all
    select n.tenant, n.rule, n.due_ms, n.id from first f, lateral (
      select tenant, rule, due_ms, id from alerts
      where status in ('armed', 'due') and (tenant, rule) > (f.tenant, f.rule)
      order by tenant, rule, due_ms, id limit 1) n
  )
  select tenant, rule, due_ms, id from first
  where due_ms <= $1 and rule <> all($2::text[])
  order by due_ms limit $3`;

export function obey(command: Command, database: Database): Promise<CommandAnswer> {
  return playAll(transactionsFor(command), database);
}

/** One transaction finds what is due, and one of each tenant takes it under a lease. */
export async function claimDeliveries(
  claim: DeliveryClaim,
  database: Database,
): Promise<ClaimedDeliveries> {
  const due = await database.read({ everyone: "all" }, (transaction) => {
    return play(firstDue(claim), transaction);
  });
  return playAll(leaseAll(claim, due), database);
}

function* firstDue({ nowMs, busyRules, limit }: DeliveryClaim): Program<readonly Row[]> {
  const any = yield* rows("any_due", ANY_DUE, [nowMs]);
  if (any.length === 0) return [];
  return yield* rows("first_due", FIRST_OF_EACH_RULE, [nowMs, busyRules, limit]);
}
