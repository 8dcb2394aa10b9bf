/** Which store the tests of doors run on: SQLite, or PostgreSQL with `CAUM_TEST_STORE=postgres`. */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { Signer } from "@caum/core/collector";
import { openPostgresStore } from "../src/store/postgres/postgres-store.ts";
import { openSqliteStore } from "../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../src/store/store.ts";
import { startServer, type TestServer } from "./postgres-server.ts";

const FILE = "test-database";
let server: Promise<TestServer> | undefined;

export interface StoreChoice {
  readonly database?: string;
  /** Settings that a node on the database needs. */
  readonly env: Record<string, string>;
}

/** A folder has a database of its own, which is there again when it is opened again. */
export async function storeFor(folder: string): Promise<StoreChoice> {
  if (process.env.CAUM_TEST_STORE !== "postgres") return { env: {} };
  const env = { CAUM_SIGNING_KEY: Signer.format("test", Buffer.alloc(32, 7)) };
  const path = join(folder, FILE);
  if (existsSync(path)) return { database: readFileSync(path, "utf8"), env };
  server ??= startServer();
  const database = await (await server).emptyDatabase();
  mkdirSync(folder, { recursive: true });
  writeFileSync(path, database);
  return { database, env };
}

/** The store of a collector that was stopped. */
export async function openStoreIn(folder: string): Promise<Store> {
  const { database } = await storeFor(folder);
  return database === undefined ? openSqliteStore(folder) : openPostgresStore(database);
}

/** Whether the data folder itself is the store. */
export const isFolderStore = process.env.CAUM_TEST_STORE !== "postgres";
