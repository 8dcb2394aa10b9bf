/** Commands and deliveries, each in transactions of its own. */
import type { ClaimedDeliveries, DeliveryClaim } from "../../rows/alert-rows.ts";
import { type Row, text } from "../columns/columns.ts";
import type { Command, CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import { transactionsFor } from "../program/commands.ts";
import { ANY_DUE, leaseAll } from "../program/deliveries.ts";
import { type Program, rows } from "../program/program.ts";
import { bury } from "../program/session-commands.ts";
import type { Database, Transaction } from "./database.ts";
import { HotSessions } from "./ingest/hot-sessions.ts";
import { listedMs } from "./ingest/listed-ms.ts";
import { lockSessions } from "./ingest/load-sessions.ts";
import { saveJudgements } from "./ingest/write-group.ts";
import { play, playAll } from "./play-program.ts";

/** Sessions of one transaction: their rows are locked until it ends. */
const EXPIRED_AT_ONCE = 20;

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
  if (command.kind !== "expire") return playAll(transactionsFor(command), database);
  return database.write({ tenant: command.tenant }, (transaction) => expire(transaction, command));
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

async function expire(
  transaction: Transaction,
  { tenant, idleSinceMs }: CommandOf<"expire">,
): Promise<CommandAnswer> {
  const idle = await transaction.rows(
    "idle_sessions",
    `select id from sessions where tenant = $1 and last_ms < $2 and listed_ms <= $3 and gone = 0
      and buried < size order by listed_ms limit ${EXPIRED_AT_ONCE}`,
    [tenant, idleSinceMs, listedMs(idleSinceMs)],
  );
  const ids = new Set(idle.map((row) => text(row, "id")));
  const { sessions } = await lockSessions(transaction, tenant, ids, new HotSessions());
  let buried = 0;
  for (const session of sessions.values()) {
    // Meanwhile something may have arrived, or it was deleted.
    if (session === "gone" || session.row.lastMs >= idleSinceMs) continue;
    // The records can be judged no more, so their judgement is stored first.
    session.forgetStructure();
    saveJudgements(transaction, tenant, [session]);
    buried += await play(bury(tenant, session.row.key), transaction);
  }
  return done(buried);
}
