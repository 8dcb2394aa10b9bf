/** Deletes what nobody can use any more. */

import { integer } from "../../columns.ts";
import type { CommandAnswer } from "../../command.ts";
import type { Database, Transaction } from "../database.ts";
import { TENANT_TABLES } from "../layout/fences.ts";
import { type CommandOf, done } from "./answers.ts";

const DAY_MS = 86_400_000;
/** A token that ran out stays for a day, for clocks that were set wrong. */
const TOKEN_GRACE_MS = DAY_MS;
/** A payment provider repeats a message for days, and people repeat it by hand for weeks. */
const MESSAGE_DAYS = 90;
/** In one step, so that no transaction is long. */
const ROWS_AT_ONCE = 1_000;
const DEMOS_AT_ONCE = 20;

/** One transaction finds what is over; each tenant that goes, goes in one of its own. */
export async function purge(
  { nowMs }: CommandOf<"purge">,
  database: Database,
): Promise<CommandAnswer> {
  const { rows, demos } = await database.write({ everyone: "all" }, async (transaction) => ({
    rows: await purgeRows(transaction, nowMs),
    demos: await unreachableDemos(transaction, nowMs),
  }));
  for (const tenant of demos) {
    await database.write({ tenant }, (transaction) => purgeTenant(transaction, tenant));
  }
  return done(rows + demos.length);
}

async function purgeRows(transaction: Transaction, nowMs: number): Promise<number> {
  const tokens = `delete from tokens where hash in
    (select hash from tokens where expires_ms < $1 limit ${ROWS_AT_ONCE})`;
  const signIns = `delete from sign_ins where hash in
    (select hash from sign_ins where expires_ms < $1 limit ${ROWS_AT_ONCE})`;
  const messages = `delete from billing_events where (tenant, id) in
    (select tenant, id from billing_events where received_ms < $1 limit ${ROWS_AT_ONCE})`;
  return (
    (await transaction.change("purge_tokens", tokens, [nowMs - TOKEN_GRACE_MS])) +
    (await transaction.change("purge_sign_ins", signIns, [nowMs])) +
    (await transaction.change("purge_messages", messages, [nowMs - MESSAGE_DAYS * DAY_MS]))
  );
}

/** A demo tenant is reached by its session's token alone: without one nobody can read it. */
async function unreachableDemos(
  transaction: Transaction,
  nowMs: number,
): Promise<readonly number[]> {
  const sql = `select t.key from tenants t where t.kind = 'demo' and t.created_ms < $1
    and not exists (select 1 from tokens k where k.tenant = t.key) limit ${DEMOS_AT_ONCE}`;
  const rows = await transaction.rows("unreachable_demos", sql, [nowMs - TOKEN_GRACE_MS]);
  return rows.map((row) => integer(row, "key"));
}

async function purgeTenant(transaction: Transaction, tenant: number): Promise<void> {
  for (const table of TENANT_TABLES) {
    const sql = `delete from ${table} where tenant = $1`;
    await transaction.change(`purge_tenant_${table}`, sql, [tenant]);
  }
  await transaction.change("purge_tenant", "delete from tenants where key = $1", [tenant]);
}
