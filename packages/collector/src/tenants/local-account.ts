/** The account of whoever runs the collector: made on the first start, with its first keys. */
import { createHmac } from "node:crypto";
import { refusalError } from "../http/door-error.ts";
import { SELF_HOSTED } from "../rows/plan.ts";
import type { KeyMaker, TenantRow } from "../rows/tenant-rows.ts";
import type { Store } from "../store/store.ts";
import { type FirstKeys, firstKeysOf } from "./first-keys.ts";
import { hashSecret, visiblePart } from "./secret.ts";
import { newUlid } from "./ulid.ts";

export interface LocalAccount extends TenantRow, FirstKeys {
  /** Whether this start made it. */
  readonly isNew: boolean;
}

/**
 * Finds or makes the local account.
 *
 * Its keys are derived from a seed, so that they can be shown again to whoever has it, while the
 * store holds their hashes only. Several nodes with the same seed may start at once.
 */
export async function openLocalAccount(
  store: Store,
  seed: Uint8Array,
  clock: () => number,
): Promise<LocalAccount> {
  const ulid = newUlid(0, createHmac("sha256", seed).update("account").digest());
  const keys = firstKeysOf(seed);
  const createdMs = clock();
  const known = await store.reader.tenantByUlid(ulid);
  const { row, isNew } = known
    ? { row: known, isNew: false }
    : await makeAccount(store, ulid, createdMs);
  const stored = new Set((await store.reader.keys(row.tenant)).map(({ keyId }) => keyId));
  const first = [
    { secret: keys.apiKey, scopes: ["ingest", "read"], label: "first API key" },
    { secret: keys.adminKey, scopes: ["ingest", "read", "admin"], label: "first admin key" },
    { secret: keys.telemetryKey, scopes: ["ingest"], label: "telemetry" },
  ];
  for (const { secret, scopes, label } of first) {
    // A start whose disk was full may have made the account without them; a revoked one stays so.
    if (stored.has(keyIdOf(secret))) continue;
    const maker = { kind: "first_start" } as const;
    await addKey(store, row.tenant, secret, scopes, { createdMs, label, maker });
  }
  return { ...row, ...keys, isNew };
}

/** @throws {DoorError} when the store cannot be written */
async function makeAccount(
  store: Store,
  ulid: string,
  createdMs: number,
): Promise<{ readonly row: TenantRow; readonly isNew: boolean }> {
  const made = { kind: "account", plan: SELF_HOSTED } as const;
  const created = await store.administer({
    kind: "create_tenant",
    ulid,
    tenantKind: made.kind,
    plan: made.plan,
    createdMs,
  });
  if (created.kind === "done") {
    return { row: { tenant: created.value, ulid, ...made, trialEndsMs: undefined }, isNew: true };
  }
  // Another node with the same seed was faster.
  const row = await store.reader.tenantByUlid(ulid);
  if (row === undefined) throw refusalError(created.code);
  return { row, isNew: false };
}

function keyIdOf(secret: string): string {
  return `key_${hashSecret(secret).slice(0, 16)}`;
}

export interface NewKeyFacts {
  readonly createdMs: number;
  readonly label?: string | undefined;
  /** It never expires when absent. */
  readonly expiresMs?: number | undefined;
  readonly maker?: KeyMaker | undefined;
}

/**
 * Stores a key's hash; the key itself is the caller's to show.
 *
 * @throws {DoorError} when the store cannot be written: such a key would open nothing
 */
export async function addKey(
  store: Store,
  tenant: number,
  secret: string,
  scopes: readonly string[],
  facts: NewKeyFacts,
): Promise<string> {
  const keyId = keyIdOf(secret);
  const added = await store.administer({
    kind: "add_key",
    tenant,
    hash: hashSecret(secret),
    keyId,
    prefix: visiblePart(secret),
    scopes,
    ...facts,
  });
  if (added.kind === "refused" && added.code !== "CONFLICT") throw refusalError(added.code);
  return keyId;
}
