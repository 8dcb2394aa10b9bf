/** Accounts, keys, notes and deletion, inside the transaction of their group. */

import type { DatabaseSync } from "node:sqlite";
import { formatTombstone } from "@caum/core/collector";
import { sessionTag } from "@caum/core/verify";
import { bytes, hex, integer, type Row, text } from "../columns.ts";
import type { Command, CommandAnswer } from "../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../command-answers.ts";
import { DELETED_WITH_SESSION } from "../session-tables.ts";
import { obeyAlertCommand } from "./alerts/alert-commands.ts";
import { applyBilling, saveCheckout, saveServiceClock } from "./billing/billing-commands.ts";
import { purge } from "./purge.ts";
import type { SqliteLedger } from "./sqlite-ledger.ts";

/** Signed heads kept of one session, so that consistency with an old one can be shown. */
const MAX_NOTES = 64;
/** Records read at once, so that a long session does not fill the memory. */
const BURIED_AT_ONCE = 500;

export function obey(
  command: Command,
  database: DatabaseSync,
  ledger: SqliteLedger,
): CommandAnswer {
  switch (command.kind) {
    case "create_tenant":
      return createTenant(command, database);
    case "add_key":
      return addKey(command, database);
    case "revoke_key":
      return revokeKey(command, database);
    case "save_note":
      return saveNote(command, database);
    case "set_retention": {
      const sql = "update tenants set retention_days = ? where key = ?";
      return done(database.prepare(sql).run(command.days, command.tenant).changes);
    }
    case "acknowledge":
      return acknowledge(command, database, ledger);
    case "delete_session":
      return deleteSession(command, database, ledger);
    case "expire":
      return expire(command, database, ledger);
    case "add_sign_in":
      return addSignIn(command, database);
    case "remove_sign_in": {
      const sql = "delete from sign_ins where hash = ?";
      return done(database.prepare(sql).run(bytes(command.hash)).changes);
    }
    case "save_service_clock":
      return saveServiceClock(command, database);
    case "save_checkout":
      return saveCheckout(command, database);
    case "apply_billing":
      return applyBilling(command, database);
    case "purge":
      return purge(command, database, ledger);
    default:
      return obeyAlertCommand(command, database, ledger.alerts);
  }
}

function createTenant(command: CommandOf<"create_tenant">, database: DatabaseSync): CommandAnswer {
  const { ulid, tenantKind, plan, email = null, createdMs, trialEndsMs = null } = command;
  const sql = `insert into tenants (ulid, kind, plan, email, created_ms, trial_ends_ms)
    values (?, ?, ?, ?, ?, ?) on conflict do nothing`;
  const created = database.prepare(sql).run(ulid, tenantKind, plan, email, createdMs, trialEndsMs);
  return created.changes === 0 ? CONFLICT : done(created.lastInsertRowid);
}

function addKey(command: CommandOf<"add_key">, database: DatabaseSync): CommandAnswer {
  const { hash, tenant, keyId, prefix, scopes, createdMs } = command;
  const sql = `insert into keys (hash, tenant, key_id, prefix, scopes, created_ms)
    values (?, ?, ?, ?, ?, ?) on conflict do nothing`;
  const added = database
    .prepare(sql)
    .run(bytes(hash), tenant, keyId, prefix, scopes.join(" "), createdMs);
  return added.changes === 0 ? CONFLICT : done(1);
}

function revokeKey(command: CommandOf<"revoke_key">, database: DatabaseSync): CommandAnswer {
  const sql = "update keys set revoked = 1 where tenant = ? and key_id = ?";
  const { changes } = database.prepare(sql).run(command.tenant, command.keyId);
  database
    .prepare("delete from sign_ins where tenant = ? and key_id = ?")
    .run(command.tenant, command.keyId);
  return changes === 0 ? NOT_FOUND : done(changes);
}

function addSignIn(command: CommandOf<"add_sign_in">, database: DatabaseSync): CommandAnswer {
  const { hash, tenant, signIn, scopes, keyId = null, expiresMs } = command;
  // A key that was revoked since it was looked up must not live on in a browser.
  const sql = `insert into sign_ins (hash, tenant, kind, scopes, key_id, expires_ms)
    select ?, ?, ?, ?, ?, ? where not exists
      (select 1 from keys where tenant = ? and key_id = ? and revoked = 1)`;
  const values = [bytes(hash), tenant, signIn, scopes.join(" "), keyId, expiresMs];
  const { changes } = database.prepare(sql).run(...values, tenant, keyId);
  return changes === 0 ? NOT_FOUND : done(1);
}

function saveNote(command: CommandOf<"save_note">, database: DatabaseSync): CommandAnswer {
  const session = find(command, database);
  if (session === undefined) return NOT_FOUND;
  const key = integer(session, "key");
  database
    .prepare("insert or replace into notes (session, size, note) values (?, ?, ?)")
    .run(key, command.size, command.note);
  database
    .prepare(
      `delete from notes where session = ? and size not in
        (select size from notes where session = ? order by size desc limit ?)`,
    )
    .run(key, key, MAX_NOTES);
  return done(1);
}

function acknowledge(
  { tenant, sessionId, by, nowMs }: CommandOf<"acknowledge">,
  database: DatabaseSync,
  ledger: SqliteLedger,
): CommandAnswer {
  // Loops that this group has found are written first, so that they count.
  ledger.finish();
  const sql = `update sessions set acknowledged_ms = ?, acknowledged_by = ?,
    acknowledged_loops = loops where tenant = ? and tag = ? and gone = 0`;
  const { changes } = database.prepare(sql).run(nowMs, by, tenant, sessionTag(sessionId));
  return changes === 0 ? NOT_FOUND : done(changes);
}

/** Everything goes but the head and the last note: that it was there can still be checked. */
function deleteSession(
  command: CommandOf<"delete_session">,
  database: DatabaseSync,
  ledger: SqliteLedger,
): CommandAnswer {
  const session = find(command, database);
  if (session === undefined) return NOT_FOUND;
  // What this group changed is written before the sessions in memory are forgotten.
  ledger.finish();
  const key = integer(session, "key");
  for (const table of DELETED_WITH_SESSION) {
    database.prepare(`delete from ${table} where session = ?`).run(key);
  }
  database
    .prepare("delete from tokens where tenant = ? and session_id = ?")
    .run(command.tenant, command.sessionId);
  database
    .prepare(
      "delete from notes where session = ? and size < (select max(size) from notes where session = ?)",
    )
    .run(key, key);
  database
    .prepare(
      "update sessions set gone = 1, id = null, agent = null, workflow = null, cohort = null, facts = '{}', door = null, alerts = null, acknowledged_by = null where key = ?",
    )
    .run(key);
  ledger.forget();
  return done(1);
}

/** Records become tombstones; what opens a run stays, because the chain begins there. */
function expire(
  { tenant, idleSinceMs }: CommandOf<"expire">,
  database: DatabaseSync,
  ledger: SqliteLedger,
): CommandAnswer {
  const idle = database
    .prepare(
      `select key, id from sessions
        where tenant = ? and last_ms < ? and gone = 0 and buried < size limit 100`,
    )
    .all(tenant, idleSinceMs);
  let buried = 0;
  for (const row of idle) {
    const session = ledger.session(tenant, text(row, "id"));
    if (session === undefined || session === "gone") continue;
    // The records can be judged no more, so their judgement is stored first.
    ledger.saveJudgement(session);
    buried += bury(integer(row, "key"), database);
  }
  return done(buried);
}

function bury(session: number, database: DatabaseSync): number {
  const update = database.prepare("update records set line = ?, standing = null where id = ?");
  const page = database.prepare(
    `select id, position, leaf, line from records
      where session = ? and position >= ? order by position limit ?`,
  );
  let buried = 0;
  for (let from = 0; ; ) {
    const rows = page.all(session, from, BURIED_AT_ONCE);
    for (const row of rows) {
      from = integer(row, "position") + 1;
      const tombstone = tombstoneOf(row);
      if (tombstone === undefined) continue;
      update.run(tombstone, integer(row, "id"));
      buried += 1;
    }
    if (rows.length < BURIED_AT_ONCE) break;
  }
  database.prepare("update sessions set buried = size where key = ?").run(session);
  return buried;
}

function tombstoneOf(row: Row): string | undefined {
  const line = text(row, "line");
  if (line.startsWith('{"tombstone":')) return undefined;
  const { runId: run, payload } = JSON.parse(line); // A stored line is a record or a tombstone.
  return payload.seq === 0
    ? undefined
    : formatTombstone({ run, seq: payload.seq, leaf: hex(row, "leaf") });
}

function find(
  { tenant, sessionId }: { readonly tenant: number; readonly sessionId: string },
  database: DatabaseSync,
): Row | undefined {
  const sql = "select key from sessions where tenant = ? and tag = ? and gone = 0";
  return database.prepare(sql).get(tenant, sessionTag(sessionId));
}
