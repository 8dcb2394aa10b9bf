/**
 * Members: invited, signed in, changed and removed.
 *
 * Each step that signs in or out takes the row of the member first, and holds it. So whoever is removed
 * or gets another role has no browser left that was signed in beside it.
 */
import {
  isSameLabel,
  MAX_MEMBERS,
  type MemberCommand,
  type MemberRow,
  type NewBrowser,
  ROLE_SCOPES,
} from "../../../rows/people/member-rows.ts";
import type { SignInKind } from "../../../rows/sign-in-rows.ts";
import { bytes, text } from "../../columns/columns.ts";
import type { CommandAnswer } from "../../command.ts";
import { CONFLICT, type CommandOf, done, NOT_FOUND } from "../../command-answers.ts";
import { change, one, type Program, rows } from "../program.ts";
import { memberOf } from "./member-reader.ts";

export function obeyMemberCommand(command: MemberCommand): Program<CommandAnswer> {
  switch (command.kind) {
    case "invite_member":
      return inviteMember(command);
    case "renew_invitation":
      return renewInvitation(command);
    case "open_invitation":
      return openInvitation(command);
    case "sign_in_member":
      return signInMember(command);
    case "admit_member":
      return admitMember(command);
    case "set_member_role":
      return setRole(command);
    case "remove_member":
      return removeMember(command);
    case "see_member":
      return seeMember(command);
  }
}

function* inviteMember(command: CommandOf<"invite_member">): Program<CommandAnswer> {
  const { tenant, member, hash, expiresMs } = command;
  if (!(yield* hasRoom(tenant, member.label))) return CONFLICT;
  const sql = `insert into members (tenant, id, role, label, created_ms, invited_until_ms)
    values ($1, $2, $3, $4, $5, $6)`;
  const { id, role, label, createdMs } = member;
  yield* change("invite_member", sql, [tenant, id, role, label, createdMs, expiresMs]);
  yield* addSecret(tenant, member, { kind: "invitation", hash, expiresMs });
  return done(1);
}

function* admitMember(command: CommandOf<"admit_member">): Program<CommandAnswer> {
  const { tenant, member, subject } = command;
  if (!(yield* hasRoom(tenant, member.label))) return CONFLICT;
  const sql = `insert into members (tenant, id, role, label, created_ms, joined_ms, subject)
    values ($1, $2, $3, $4, $5, $5, $6) on conflict do nothing`;
  const { id, role, label, createdMs } = member;
  const values = [tenant, id, role, label, createdMs, subject];
  return (yield* change("admit_member", sql, values)) === 0 ? CONFLICT : done(1);
}

/** Members are added one after the other, or two nodes would both find room for the last. */
function* hasRoom(tenant: number, label: string): Program<boolean> {
  const lock = "select 1 from tenants where key = $1";
  const owner = yield* one("lock_members", ({ forUpdate }) => lock + forUpdate, [tenant]);
  if (owner === undefined) return false;
  const known = yield* rows("labels", "select label from members where tenant = $1", [tenant]);
  const isKnown = known.some((row) => isSameLabel(text(row, "label"), label));
  return known.length < MAX_MEMBERS && !isKnown;
}

function* renewInvitation(command: CommandOf<"renew_invitation">): Program<CommandAnswer> {
  const { tenant, memberId, hash, expiresMs } = command;
  const member = yield* lockMember(tenant, memberId);
  if (member === undefined) return NOT_FOUND;
  yield* removeSecrets(tenant, memberId, "invitation");
  yield* addSecret(tenant, member, { kind: "invitation", hash, expiresMs });
  const sql = "update members set invited_until_ms = $3 where tenant = $1 and id = $2";
  return done(yield* change("renew_invitation", sql, [tenant, memberId, expiresMs]));
}

function* openInvitation(command: CommandOf<"open_invitation">): Program<CommandAnswer> {
  const { tenant, memberId, hash } = command;
  const member = yield* lockMember(tenant, memberId);
  if (member === undefined) return NOT_FOUND;
  const sql = `delete from sign_ins
    where tenant = $1 and hash = $2 and member_id = $3 and kind = 'invitation'`;
  const used = yield* change("use_invitation", sql, [tenant, bytes(hash), memberId]);
  if (used === 0) return NOT_FOUND;
  yield* signIn(tenant, member, command);
  return done(1);
}

function* signInMember(command: CommandOf<"sign_in_member">): Program<CommandAnswer> {
  const { tenant, memberId, subject, nowMs } = command;
  const member = yield* lockMember(tenant, memberId);
  if (member === undefined) return NOT_FOUND;
  if (member.subject !== undefined && member.subject !== subject) return CONFLICT;
  const isWaiting = member.joinedMs === undefined;
  if (isWaiting && (member.invitedUntilMs ?? 0) <= nowMs) return NOT_FOUND;
  const other = "select 1 from members where tenant = $1 and subject = $2 and id <> $3";
  const values = [tenant, subject, memberId];
  if ((yield* rows("same_subject", other, values)).length > 0) return CONFLICT;
  const sql = "update members set subject = $2 where tenant = $1 and id = $3";
  yield* change("keep_subject", sql, values);
  // An invitation is used once, whichever way.
  yield* removeSecrets(tenant, memberId, "invitation");
  yield* signIn(tenant, member, command);
  return done(1);
}

function* setRole(command: CommandOf<"set_member_role">): Program<CommandAnswer> {
  const { tenant, memberId, role } = command;
  const member = yield* lockMember(tenant, memberId);
  if (member === undefined) return NOT_FOUND;
  if (member.role === role) return done(0);
  const sql = "update members set role = $3 where tenant = $1 and id = $2";
  yield* change("set_member_role", sql, [tenant, memberId, role]);
  yield* removeSecrets(tenant, memberId, "browser");
  return done(1);
}

function* removeMember(command: CommandOf<"remove_member">): Program<CommandAnswer> {
  const { tenant, memberId } = command;
  const sql = "delete from members where tenant = $1 and id = $2";
  if ((yield* change("remove_member", sql, [tenant, memberId])) === 0) return NOT_FOUND;
  yield* removeSecrets(tenant, memberId, "invitation");
  yield* removeSecrets(tenant, memberId, "browser");
  return done(1);
}

function* seeMember({ tenant, memberId, nowMs }: CommandOf<"see_member">): Program<CommandAnswer> {
  const sql = "update members set seen_ms = $3 where tenant = $1 and id = $2";
  const seen = yield* change("see_member", sql, [tenant, memberId, nowMs]);
  return seen === 0 ? NOT_FOUND : done(seen);
}

function* lockMember(tenant: number, memberId: string): Program<MemberRow | undefined> {
  const sql = "select * from members where tenant = $1 and id = $2";
  const row = yield* one("lock_member", ({ forUpdate }) => sql + forUpdate, [tenant, memberId]);
  return row && memberOf(row);
}

/** With what the role says that they may do, as it is now. */
function* signIn(tenant: number, member: MemberRow, browser: NewBrowser): Program<void> {
  const { browserHash: hash, browserUntilMs: expiresMs, nowMs } = browser;
  yield* addSecret(tenant, member, { kind: "browser", hash, expiresMs });
  const sql = `update members set joined_ms = coalesce(joined_ms, $3), seen_ms = $3,
    invited_until_ms = null where tenant = $1 and id = $2`;
  yield* change("join_member", sql, [tenant, member.id, nowMs]);
}

interface Secret {
  readonly kind: SignInKind;
  readonly hash: string;
  readonly expiresMs: number;
}

function* addSecret(
  tenant: number,
  { id, role }: Pick<MemberRow, "id" | "role">,
  { kind, hash, expiresMs }: Secret,
): Program<void> {
  const sql = `insert into sign_ins (hash, tenant, kind, scopes, member_id, expires_ms)
    values ($1, $2, $3, $4, $5, $6)`;
  const values = [bytes(hash), tenant, kind, ROLE_SCOPES[role].join(" "), id, expiresMs];
  yield* change("add_member_sign_in", sql, values);
}

function* removeSecrets(tenant: number, memberId: string, kind: SignInKind): Program<void> {
  const sql = "delete from sign_ins where tenant = $1 and member_id = $2 and kind = $3";
  yield* change("remove_member_sign_ins", sql, [tenant, memberId, kind]);
}
