/** Deletes what nobody can use any more. */
import { integer } from "../columns/columns.ts";
import type { CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import { SESSION_TABLES, TENANT_TABLES } from "../tables.ts";
import type { Dialect } from "./dialect.ts";
import { change, type Program, rows, type Transactions, transact } from "./program.ts";

const DAY_MS = 86_400_000;
/** A token that ran out stays for a day, for clocks that were set wrong. */
const TOKEN_GRACE_MS = DAY_MS;
/** A payment provider repeats a message for days, and people repeat it by hand for weeks. */
const MESSAGE_DAYS = 90;
/** In one step, so that nobody waits long. */
const ROWS_AT_ONCE = 1_000;
const DEMOS_AT_ONCE = 20;

/** One transaction finds what is over; each tenant that goes, goes in one of its own. */
export function* purge({ nowMs }: CommandOf<"purge">): Transactions<CommandAnswer> {
  const found = yield* transact({ everyone: "all" }, () => purgeRows(nowMs));
  for (const tenant of found.demos) yield* transact({ tenant }, () => purgeTenant(tenant));
  return done(found.purged + found.demos.length);
}

function* purgeRows(nowMs: number): Program<{ purged: number; demos: readonly number[] }> {
  const tokens = `delete from tokens where hash in
    (select hash from tokens where expires_ms < $1 limit ${ROWS_AT_ONCE})`;
  const signIns = `delete from sign_ins where hash in
    (select hash from sign_ins where expires_ms < $1 limit ${ROWS_AT_ONCE})`;
  const messages = `delete from billing_events where (tenant, id) in
    (select tenant, id from billing_events where received_ms < $1 limit ${ROWS_AT_ONCE})`;
  let purged = yield* change("purge_tokens", tokens, [nowMs - TOKEN_GRACE_MS]);
  purged += yield* change("purge_sign_ins", signIns, [nowMs]);
  purged += yield* change("purge_messages", messages, [nowMs - MESSAGE_DAYS * DAY_MS]);
  return { purged, demos: yield* unreachableDemos(nowMs) };
}

/** A demo tenant is reached by its session's token alone: without one nobody can read it. */
function* unreachableDemos(nowMs: number): Program<readonly number[]> {
  const demos = yield* rows(
    "unreachable_demos",
    ({ hasNoToken }) => `select t.key from tenants t where t.kind = 'demo' and t.created_ms < $1
      and ${hasNoToken} limit ${DEMOS_AT_ONCE}`,
    [nowMs - TOKEN_GRACE_MS],
  );
  return demos.map((row) => integer(row, "key"));
}

function* purgeTenant(tenant: number): Program<void> {
  for (const table of SESSION_TABLES) {
    const sql = ({ ofAllSessions }: Dialect) => `delete from ${table} where ${ofAllSessions}`;
    yield* change(`purge_tenant_${table}`, sql, [tenant]);
  }
  for (const table of TENANT_TABLES) {
    const sql = `delete from ${table} where tenant = $1`;
    yield* change(`purge_tenant_${table}`, sql, [tenant]);
  }
  yield* change("purge_tenant", "delete from tenants where key = $1", [tenant]);
}
