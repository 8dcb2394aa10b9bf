/** Accounts, keys and sign-ins. */
import { bytes, integer } from "../columns/columns.ts";
import { makerText } from "../columns/tenant-columns.ts";
import type { CommandAnswer } from "../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../command-answers.ts";
import { change, one, type Program, rows } from "./program.ts";
import { newRowKey } from "./row-key.ts";

export function* createTenant(command: CommandOf<"create_tenant">): Program<CommandAnswer> {
  const { ulid, tenantKind, plan, email = null, createdMs, trialEndsMs = null } = command;
  const same = "select 1 from tenants where ulid = $1 or email = $2";
  if ((yield* rows("same_tenant", same, [ulid, email])).length > 0) return CONFLICT;
  const created = yield* one(
    "create_tenant",
    ({ newKey }) => `insert into tenants (key, ulid, kind, plan, email, created_ms, trial_ends_ms)
      values (${newKey}, $2, $3, $4, $5, $6, $7) returning key`,
    [newRowKey(Date.now()), ulid, tenantKind, plan, email, createdMs, trialEndsMs],
  );
  return done(integer(created ?? {}, "key"));
}

export function* addKeyRow(command: CommandOf<"add_key">): Program<CommandAnswer> {
  const {
    hash,
    tenant,
    keyId,
    prefix,
    scopes,
    createdMs,
    label = null,
    expiresMs = null,
    maker,
  } = command;
  const sql = `insert into keys
    (hash, tenant, key_id, prefix, scopes, created_ms, label, expires_ms, made_by)
    values ($1, $2, $3, $4, $5, $6, $7, $8, $9) on conflict do nothing`;
  const key = [bytes(hash), tenant, keyId, prefix, scopes.join(" ")];
  const values = [...key, createdMs, label, expiresMs, makerText(maker) ?? null];
  return (yield* change("add_key", sql, values)) === 0 ? CONFLICT : done(1);
}

export function* noteKeyUses(command: CommandOf<"note_key_uses">): Program<CommandAnswer> {
  const sql = `update keys set last_used_ms = $3
    where tenant = $1 and key_id = $2 and coalesce(last_used_ms, 0) < $3`;
  let noted = 0;
  for (const { keyId, usedMs } of command.uses) {
    noted += yield* change("note_key_use", sql, [command.tenant, keyId, usedMs]);
  }
  return done(noted);
}

export function* revokeKey(command: CommandOf<"revoke_key">): Program<CommandAnswer> {
  const values = [command.tenant, command.keyId];
  const sql = "update keys set revoked = 1 where tenant = $1 and key_id = $2";
  const revoked = yield* change("revoke_key", sql, values);
  const forget = "delete from sign_ins where tenant = $1 and key_id = $2";
  yield* change("forget_sign_ins", forget, values);
  return revoked === 0 ? NOT_FOUND : done(revoked);
}

export function* setRetention(command: CommandOf<"set_retention">): Program<CommandAnswer> {
  const sql = "update tenants set retention_days = $2 where key = $1";
  return done(yield* change("set_retention", sql, [command.tenant, command.days]));
}

export function* addSignIn(command: CommandOf<"add_sign_in">): Program<CommandAnswer> {
  const { hash, tenant, signIn, scopes, keyId = null, expiresMs } = command;
  // A key that was revoked since it was looked up must not live on in a browser.
  const sql = `insert into sign_ins (hash, tenant, kind, scopes, key_id, expires_ms)
    select $1, cast($2 as bigint), $3, $4, cast($5 as text), $6 where not exists
      (select 1 from keys
        where tenant = cast($2 as bigint) and key_id = cast($5 as text) and revoked = 1)`;
  const values = [bytes(hash), tenant, signIn, scopes.join(" "), keyId, expiresMs];
  return (yield* change("add_sign_in", sql, values)) === 0 ? NOT_FOUND : done(1);
}

export function* removeSignIn({ hash }: CommandOf<"remove_sign_in">): Program<CommandAnswer> {
  return done(
    yield* change("remove_sign_in", "delete from sign_ins where hash = $1", [bytes(hash)]),
  );
}
