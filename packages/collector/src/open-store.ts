/** The store of a collector, and the keys that belong to it. */
import { createHmac, randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import type { Signer } from "@caum/core/collector";
import { loadRootKey, type RootKey, readOrCreateKeyFile } from "@caum/core/machine";
import { loadSigningKey } from "./evidence/signing-key.ts";
import { askDisk } from "./start-fault.ts";
import { claimIdentity } from "./store/postgres/identity.ts";
import { openPostgresStore } from "./store/postgres/postgres-store.ts";
import { openSqliteStore } from "./store/sqlite/sqlite-store.ts";
import type { Store } from "./store/store.ts";
import { type FirstKeys, firstKeysOf } from "./tenants/first-keys.ts";

const FIRST_KEY = "first.key";

export interface StorePlace {
  readonly data: string;
  /** URL of a PostgreSQL database; the data folder itself when absent. */
  readonly database?: string | undefined;
  /** URL of a replica of it. */
  readonly readDatabase?: string | undefined;
  readonly env: Readonly<Record<string, string | undefined>>;
}

export interface OpenedStore {
  readonly store: Store;
  readonly signer: Signer;
  readonly rootKey: RootKey;
  /** What the first account's keys are derived from. */
  readonly accountSeed: Uint8Array;
  /** Where everything is kept, as it may be shown. */
  readonly place: string;
}

/** @throws {Error} when what is named cannot be used, or does not fit together */
export async function openStore(place: StorePlace): Promise<OpenedStore> {
  const { data, database, readDatabase, env } = place;
  if (database !== undefined) return openNode(database, readDatabase, env);
  if (readDatabase === undefined) return openFolder(data, env);
  throw new Error("--read-database needs --database: name the database that it is a replica of");
}

/**
 * The first keys of a collector that was started before, whether it runs or not.
 *
 * @throws {Error} when none was started there, or its keys cannot be read
 */
export function readFirstKeys({ data, database, env }: StorePlace): FirstKeys {
  if (database !== undefined) {
    const rootKey = rootKeyOf(signingKeyOf(env), env);
    return firstKeysOf(accountSeedOf(rootKey, env));
  }
  const file = join(data, "keys", FIRST_KEY);
  if (!existsSync(file)) throw new Error(`${data} has no ${FIRST_KEY}: start caum up there first`);
  return firstKeysOf(readOrCreateKeyFile(file, () => randomBytes(32)));
}

async function openFolder(data: string, env: StorePlace["env"]): Promise<OpenedStore> {
  mkdirSync(data, { recursive: true, mode: 0o700 });
  // Keys before the store: what fails here leaves nothing open.
  const keys = {
    signer: loadSigningKey(data, env),
    rootKey: rootKeyIn(data),
    accountSeed: readOrCreateKeyFile(join(data, "keys", FIRST_KEY), () => randomBytes(32)),
  };
  return { store: await openSqliteStore(data), ...keys, place: data };
}

/**
 * The collector has a root key of its own: what a client set for itself is not taken over.
 *
 * @throws when it can be neither read nor kept: another one at the next start would answer equal
 *   values with other digests
 */
function rootKeyIn(data: string): RootKey {
  const rootKey = loadRootKey({ home: data, env: {} });
  if (rootKey.origin === "ephemeral") throw askDisk(new Error(rootKey.problem), data);
  return rootKey;
}

/**
 * A node keeps nothing by itself, so that all its keys come from settings that every node has.
 *
 * @throws {Error} when it has no signing key, or other keys than the nodes before it
 */
async function openNode(
  database: string,
  readUrl: string | undefined,
  env: StorePlace["env"],
): Promise<OpenedStore> {
  const signingKey = signingKeyOf(env);
  const signer = loadSigningKey("", env);
  const rootKey = rootKeyOf(signingKey, env);
  const store = await openPostgresStore(database, { readUrl });
  try {
    await claimIdentity(store.database, { verifierKey: signer.vkey, digestKey: rootKey.id });
  } catch (failure) {
    await store.close();
    throw failure;
  }
  return {
    store,
    signer,
    rootKey,
    accountSeed: accountSeedOf(rootKey, env),
    place: shown(database),
  };
}

/** @throws {Error} when it is not set: nodes share it, so that their receipts are one collector's */
function signingKeyOf(env: StorePlace["env"]): string {
  const signingKey = env.CAUM_SIGNING_KEY?.trim();
  if (signingKey) return signingKey;
  throw new Error(
    "--database needs CAUM_SIGNING_KEY, the same for all nodes: take that of a data folder, keys/signing.key",
  );
}

/** `CAUM_DIGEST_KEY` is for collectors that had another one before, or that change their signing key. */
function rootKeyOf(signingKey: string, env: StorePlace["env"]): RootKey {
  const derived = createHmac("sha256", signingKey).update("caum digest key").digest("hex");
  const rootKey = loadRootKey({
    home: "",
    env: { CAUM_DIGEST_KEY: env.CAUM_DIGEST_KEY?.trim() || derived },
  });
  if (rootKey.origin === "ephemeral") throw new Error(rootKey.problem);
  return rootKey;
}

/**
 * The key that hooks and proxies digest with, where this collector has it: that of the home it runs
 * in. Nodes share what they are told by `CAUM_DIGEST_KEY`, because each would have another home.
 *
 * @param own the collector's own key
 */
export function keyOfWriters(
  {
    database,
    home,
    env,
  }: Omit<StorePlace, "data" | "readDatabase"> & { readonly home: string | undefined },
  own: RootKey,
): RootKey | undefined {
  if (database !== undefined) return env.CAUM_DIGEST_KEY?.trim() ? own : undefined;
  const key = home === undefined ? undefined : loadRootKey({ home, env });
  // One that is for this process only is nobody else's.
  return key?.origin === "ephemeral" ? undefined : key;
}

/** `CAUM_FIRST_KEY` is for nodes that go on where a data folder ended: its keys/first.key, as hex. */
function accountSeedOf(rootKey: RootKey, env: StorePlace["env"]): Uint8Array {
  const setting = env.CAUM_FIRST_KEY?.trim();
  if (!setting) return rootKey.sessionKey("first account");
  if (/^[0-9a-f]{64}$/.test(setting)) return Buffer.from(setting, "hex");
  throw new Error("CAUM_FIRST_KEY is no key: it is 64 hexadecimal digits");
}

/** Without the user and the password; nothing of a text that is no plain URL of servers. */
function shown(database: string): string {
  const found = /^(\w+:\/\/)(?:[^/?#]*@)?([^/?#@]*)(\/[^?#@]*)?(?:[?#][^@]*)?$/.exec(database);
  if (found === null) return "a PostgreSQL database";
  const [, scheme, hosts, path = ""] = found;
  return `${scheme}${hosts}${path}`;
}
