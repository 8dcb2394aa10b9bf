/** Accounts, keys, sign-ins, notes and deletion; each command is one transaction. */

import { bytes } from "../../columns.ts";
import type { Command, CommandAnswer } from "../../command.ts";
import type { Database, Scope, Transaction } from "../database.ts";
import { newRowKey } from "../keys.ts";
import { GroupConflict } from "../sql-state.ts";
import { obeyAlertCommand } from "./alert-commands.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "./answers.ts";
import { applyBilling, saveCheckout, saveServiceClock } from "./billing-commands.ts";
import { purge } from "./purge.ts";
import { acknowledge, deleteSession, expire, saveNote } from "./session-commands.ts";

export function obey(command: Command, database: Database): Promise<CommandAnswer> {
  if (command.kind === "purge") return purge(command, database);
  return database.write(scopeOf(command), (transaction) => obeyIn(transaction, command));
}

/** Whose rows a command may touch. */
function scopeOf(command: Command): Scope {
  switch (command.kind) {
    case "create_tenant":
    case "save_service_clock":
      return { everyone: "directory" };
    case "expire_alerts":
    case "purge":
      return { everyone: "all" };
    case "remove_sign_in":
      return { secret: command.hash };
    case "add_alert":
      return { tenant: command.alert.tenant };
    default:
      return { tenant: command.tenant };
  }
}

function obeyIn(transaction: Transaction, command: Command): Promise<CommandAnswer> {
  switch (command.kind) {
    case "create_tenant":
      return createTenant(transaction, command);
    case "add_key":
      return addKey(transaction, command);
    case "revoke_key":
      return revokeKey(transaction, command);
    case "set_retention":
      return setRetention(transaction, command);
    case "add_sign_in":
      return addSignIn(transaction, command);
    case "remove_sign_in":
      return removeSignIn(transaction, command);
    case "save_note":
      return saveNote(transaction, command);
    case "acknowledge":
      return acknowledge(transaction, command);
    case "delete_session":
      return deleteSession(transaction, command);
    case "expire":
      return expire(transaction, command);
    case "save_service_clock":
      return saveServiceClock(transaction, command);
    case "save_checkout":
      return saveCheckout(transaction, command);
    case "apply_billing":
      return applyBilling(transaction, command);
    case "purge":
      throw new TypeError("purging is many transactions");
    default:
      return obeyAlertCommand(transaction, command);
  }
}

async function createTenant(
  transaction: Transaction,
  command: CommandOf<"create_tenant">,
): Promise<CommandAnswer> {
  const { ulid, tenantKind, plan, email = null, createdMs, trialEndsMs = null } = command;
  const key = newRowKey(Date.now());
  const sql = `insert into tenants (key, ulid, kind, plan, email, created_ms, trial_ends_ms)
    values ($1, $2, $3, $4, $5, $6, $7) on conflict do nothing`;
  const values = [key, ulid, tenantKind, plan, email, createdMs, trialEndsMs];
  if ((await transaction.change("create_tenant", sql, values)) === 1) return done(key);
  const same = "select 1 from tenants where ulid = $1 or email = $2";
  const known = await transaction.rows("same_tenant", same, [ulid, email]);
  if (known.length === 0) throw new GroupConflict("two tenants got the same key");
  return CONFLICT;
}

async function addKey(
  transaction: Transaction,
  { hash, tenant, keyId, prefix, scopes, createdMs }: CommandOf<"add_key">,
): Promise<CommandAnswer> {
  const sql = `insert into keys (hash, tenant, key_id, prefix, scopes, created_ms)
    values ($1, $2, $3, $4, $5, $6) on conflict do nothing`;
  const values = [bytes(hash), tenant, keyId, prefix, scopes.join(" "), createdMs];
  const added = await transaction.change("add_key", sql, values);
  return added === 0 ? CONFLICT : done(1);
}

async function revokeKey(
  transaction: Transaction,
  { tenant, keyId }: CommandOf<"revoke_key">,
): Promise<CommandAnswer> {
  const sql = "update keys set revoked = 1 where tenant = $1 and key_id = $2";
  const revoked = await transaction.change("revoke_key", sql, [tenant, keyId]);
  const forget = "delete from sign_ins where tenant = $1 and key_id = $2";
  await transaction.change("forget_sign_ins", forget, [tenant, keyId]);
  return revoked === 0 ? NOT_FOUND : done(revoked);
}

async function setRetention(
  transaction: Transaction,
  { tenant, days }: CommandOf<"set_retention">,
): Promise<CommandAnswer> {
  const sql = "update tenants set retention_days = $2 where key = $1";
  return done(await transaction.change("set_retention", sql, [tenant, days]));
}

async function addSignIn(
  transaction: Transaction,
  { hash, tenant, signIn, scopes, keyId, expiresMs }: CommandOf<"add_sign_in">,
): Promise<CommandAnswer> {
  // A node remembers a key for a while; what the key opens must not outlive it.
  const sql = `insert into sign_ins (hash, tenant, kind, scopes, key_id, expires_ms)
    select $1, $2::bigint, $3, $4, $5::text, $6 where not exists
      (select 1 from keys where tenant = $2::bigint and key_id = $5::text and revoked = 1)`;
  const values = [bytes(hash), tenant, signIn, scopes.join(" "), keyId ?? null, expiresMs];
  const added = await transaction.change("add_sign_in", sql, values);
  return added === 0 ? NOT_FOUND : done(added);
}

async function removeSignIn(
  transaction: Transaction,
  { hash }: CommandOf<"remove_sign_in">,
): Promise<CommandAnswer> {
  const sql = "delete from sign_ins where hash = $1";
  return done(await transaction.change("remove_sign_in", sql, [bytes(hash)]));
}
