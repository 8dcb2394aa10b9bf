/** The account of whoever runs the collector: made on the first start, with its first two keys. */
import { createHmac } from "node:crypto";
import { SELF_HOSTED } from "../billing/plan.ts";
import type { Store, TenantRow } from "../store/store.ts";
import { formatSecret, hashSecret, SECRET_BYTES, visiblePart } from "./secret.ts";
import { newUlid } from "./ulid.ts";

export interface LocalAccount extends TenantRow {
  readonly apiKey: string;
  readonly adminKey: string;
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
  const derived = (purpose: string) => createHmac("sha256", seed).update(purpose).digest();
  const ulid = newUlid(0, derived("account"));
  const apiKey = formatSecret("caum_live_", derived("api key").subarray(0, SECRET_BYTES));
  const adminKey = formatSecret("caum_admin_", derived("admin key").subarray(0, SECRET_BYTES));
  const known = await store.reader.tenantByUlid(ulid);
  if (known) return { ...known, apiKey, adminKey, isNew: false };
  const createdMs = clock();
  const created = await store.administer({
    kind: "create_tenant",
    ulid,
    tenantKind: "account",
    plan: SELF_HOSTED,
    createdMs,
  });
  const isNew = created.kind === "done";
  const tenant = isNew ? created.value : (await store.reader.tenantByUlid(ulid))?.tenant;
  if (tenant === undefined) throw new Error("the store cannot be written");
  await addKey(store, tenant, apiKey, ["ingest", "read"], createdMs);
  await addKey(store, tenant, adminKey, ["ingest", "read", "admin"], createdMs);
  const row: TenantRow = {
    tenant,
    ulid,
    kind: "account",
    plan: SELF_HOSTED,
    trialEndsMs: undefined,
  };
  return { ...row, apiKey, adminKey, isNew };
}

/** Stores a key's hash; the key itself is the caller's to show. */
export async function addKey(
  store: Store,
  tenant: number,
  secret: string,
  scopes: readonly string[],
  createdMs: number,
): Promise<string> {
  const hash = hashSecret(secret);
  const keyId = `key_${hash.slice(0, 16)}`;
  await store.administer({
    kind: "add_key",
    tenant,
    hash,
    keyId,
    prefix: visiblePart(secret),
    scopes,
    createdMs,
  });
  return keyId;
}
