/** Deletes what nobody can use any more. */
import type { DatabaseSync } from "node:sqlite";
import { integer } from "../columns.ts";
import type { CommandAnswer } from "../command.ts";
import { type CommandOf, done } from "../command-answers.ts";
import type { SqliteLedger } from "./sqlite-ledger.ts";

const DAY_MS = 86_400_000;
/** A token that ran out stays for a day, for clocks that were set wrong. */
const TOKEN_GRACE_MS = DAY_MS;
/** A payment provider repeats a message for days, and people repeat it by hand for weeks. */
const MESSAGE_DAYS = 90;
/** Of tenants and their sessions in one step, so that no group waits long. */
const DEMOS_AT_ONCE = 20;

const BY_SESSION = [
  "records",
  "steps",
  "runs",
  "forks",
  "subtrees",
  "judgements",
  "notes",
  "traces",
] as const;
const BY_TENANT = ["event_ids", "alerts", "alert_rules", "keys", "sessions"] as const;

export function purge(
  { nowMs }: CommandOf<"purge">,
  database: DatabaseSync,
  ledger: SqliteLedger,
): CommandAnswer {
  const tokens = database
    .prepare("delete from tokens where expires_ms < ?")
    .run(nowMs - TOKEN_GRACE_MS);
  const signIns = database.prepare("delete from sign_ins where expires_ms < ?").run(nowMs);
  const messages = database
    .prepare("delete from billing_events where received_ms < ?")
    .run(nowMs - MESSAGE_DAYS * DAY_MS);
  const demos = purgeDemos(nowMs, database, ledger);
  return done(Number(tokens.changes) + Number(signIns.changes) + Number(messages.changes) + demos);
}

/** A demo tenant is reached by its session's token alone: without one nobody can read it. */
function purgeDemos(nowMs: number, database: DatabaseSync, ledger: SqliteLedger): number {
  const unreachable = database
    .prepare(
      `select key from tenants where kind = 'demo' and created_ms < ?
        and key not in (select tenant from tokens) limit ?`,
    )
    .all(nowMs - TOKEN_GRACE_MS, DEMOS_AT_ONCE);
  if (unreachable.length === 0) return 0;
  // What this group changed is written before the sessions in memory are forgotten.
  ledger.finish();
  for (const row of unreachable) purgeTenant(integer(row, "key"), database);
  ledger.forget();
  return unreachable.length;
}

function purgeTenant(tenant: number, database: DatabaseSync): void {
  for (const table of BY_SESSION) {
    const sql = `delete from ${table} where session in (select key from sessions where tenant = ?)`;
    database.prepare(sql).run(tenant);
  }
  for (const table of BY_TENANT) {
    database.prepare(`delete from ${table} where tenant = ?`).run(tenant);
  }
  database.prepare("delete from tenants where key = ?").run(tenant);
}
