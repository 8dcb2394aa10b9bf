/** Rows of accounts, keys, tokens and sign-ins, as both databases hold them. */
import type { SignInKind, SignInRow } from "../../rows/sign-in-rows.ts";
import type { KeyEntry, KeyMaker, KeyRow, TenantRow, TokenRow } from "../../rows/tenant-rows.ts";
import { integer, optional, type Row, text } from "./columns.ts";

export function tenantOf(row: Row): TenantRow {
  return {
    tenant: integer(row, "tenant"),
    ulid: text(row, "ulid"),
    kind: text(row, "kind") === "demo" ? "demo" : "account",
    plan: text(row, "plan"),
    trialEndsMs: optional(row, "trial_ends_ms", integer),
  };
}

export function keyOf(row: Row): KeyRow {
  return {
    ...tenantOf(row),
    keyId: text(row, "key_id"),
    scopes: scopesOf(row),
    keyExpiresMs: optional(row, "expires_ms", integer),
  };
}

export function tokenOf(row: Row): TokenRow {
  return {
    ...tenantOf(row),
    sessionId: text(row, "session_id"),
    expiresMs: integer(row, "expires_ms"),
  };
}

export function signInOf(row: Row): SignInRow {
  return {
    ...tenantOf(row),
    signIn: text(row, "sign_in") as SignInKind, // Only the command writes it.
    scopes: scopesOf(row),
    expiresMs: integer(row, "expires_ms"),
    memberId: optional(row, "member_id", text),
    keyId: optional(row, "key_id", text),
  };
}

export function keyEntryOf(row: Row): KeyEntry {
  return {
    keyId: text(row, "key_id"),
    label: optional(row, "label", text),
    prefix: text(row, "prefix"),
    scopes: scopesOf(row),
    createdMs: integer(row, "created_ms"),
    expiresMs: optional(row, "expires_ms", integer),
    lastUsedMs: optional(row, "last_used_ms", integer),
    revoked: integer(row, "revoked") === 1,
    maker: makerOf(optional(row, "made_by", text)),
  };
}

/** `first_start`, `registration`, `key ID` or `member ID`. */
export function makerText(maker: KeyMaker | undefined): string | undefined {
  return maker && ("id" in maker ? `${maker.kind} ${maker.id}` : maker.kind);
}

/** What another version wrote is not known. */
function makerOf(stored: string | undefined): KeyMaker | undefined {
  const [kind, id] = stored?.split(" ") ?? [];
  if (kind === "first_start" || kind === "registration") return { kind };
  return (kind === "key" || kind === "member") && id !== undefined ? { kind, id } : undefined;
}

function scopesOf(row: Row): readonly string[] {
  return text(row, "scopes").split(" ");
}
