/** The list of tables against both databases: what is deleted and purged is read from it. */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import type { Store } from "../../src/store/store.ts";
import {
  ALL_TABLES,
  GOES_WITH_SESSION,
  OPENS_BY_SECRET,
  SESSION_TABLES,
  SHARED_TABLES,
  TENANT_TABLES,
} from "../../src/store/tables.ts";
import { hasServer, query } from "../postgres-server.ts";
import { stopTestServer, testServer } from "./open-postgres.ts";
import { eventOf } from "./tenant-events.ts";

type Row = Readonly<Record<string, unknown>>;

interface OpenDatabase {
  readonly store: Store;
  /** Past the store, as somebody who may see everything. */
  ask(sql: string): Promise<readonly Row[]>;
  /** Table, column and whether it holds an integer, text or bytes. */
  readonly columns: string;
  /** How bytes are written. */
  bytes(hex: string): string;
  dispose(): Promise<void>;
}

const NOW = Date.parse("2026-01-01T00:00:00Z");
const YEAR_MS = 366 * 86_400_000;
/** What only one of the databases has: how it is laid out, and who its nodes are. */
const OWN = ["node_identity", "schema_migrations", "new_event_ids"];

async function openFolder(): Promise<OpenDatabase> {
  const folder = mkdtempSync(join(tmpdir(), "caum-tables-"));
  const store = await openSqliteStore(folder);
  const database = new DatabaseSync(join(folder, "caum.db"));
  return {
    store,
    ask: async (sql) => database.prepare(sql).all(),
    columns: `select m.name as "table", c.name as "column", lower(c.type) as type
      from sqlite_master m join pragma_table_info(m.name) c where m.type = 'table'`,
    bytes: (hex) => `x'${hex}'`,
    async dispose() {
      database.close();
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function openServer(): Promise<OpenDatabase> {
  const url = await (await testServer()).emptyDatabase();
  const store = await openPostgresStore(url);
  return {
    store,
    ask: (sql) => query(url, sql),
    columns: `select table_name::text as "table", column_name::text as "column",
      data_type::text as type from information_schema.columns where table_schema = 'public'`,
    bytes: (hex) => `'\\x${hex}'`,
    dispose: () => store.close(),
  };
}

async function columnsOf({
  ask,
  columns,
}: OpenDatabase): Promise<Map<string, Map<string, string>>> {
  const tables = new Map<string, Map<string, string>>();
  for (const { table, column, type } of await ask(columns)) {
    const known = tables.get(String(table)) ?? new Map<string, string>();
    tables.set(String(table), known.set(String(column), String(type)));
  }
  return tables;
}

/** A row in every table that has a session or a tenant, and how many of them each has now. */
async function fill(open: OpenDatabase) {
  const { store, ask, bytes } = open;
  const made = await store.administer({
    kind: "create_tenant",
    ulid: "DEMO",
    tenantKind: "demo",
    plan: "trial",
    createdMs: NOW,
  });
  const tenant = made.kind === "done" ? made.value : -1;
  await store.submit(eventOf(tenant, "s"));
  const [session] = await ask(`select key from sessions where tenant = ${tenant}`);
  const tables = await columnsOf(open);
  const filling = (column: string, type: string) => {
    if (column === "tenant") return String(tenant);
    if (column === "session_id") return "'s'";
    // What is read when a session is deleted.
    if (column === "names") return "'[]'";
    if (column === "sketch") return bytes("0100");
    if (column === "contribution") return "'[0,0,[],[],[],[]]'";
    if (type === "text") return "'filled'";
    if (type === "blob" || type === "bytea") return bytes("0badcafe");
    return column === "session" ? String(session?.key) : "9000";
  };
  for (const table of [...TENANT_TABLES, ...SESSION_TABLES]) {
    if (table === "sessions") continue;
    const columns = [...(tables.get(table) ?? [])];
    await ask(`insert into ${table} (${columns.map(([name]) => name).join(", ")})
      values (${columns.map(([name, type]) => filling(name, type)).join(", ")})
      on conflict do nothing`);
  }
  return async () => {
    const held: string[] = [];
    for (const table of [...TENANT_TABLES, ...SESSION_TABLES]) {
      const hasTenant = tables.get(table)?.has("tenant");
      const of = hasTenant ? `tenant = ${tenant}` : `session = ${session?.key}`;
      const [row] = await ask(`select count(*) as count from ${table} where ${of}`);
      if (Number(row?.count) > 0) held.push(table);
    }
    return held;
  };
}

function tablesContract(
  openDatabase: () => Promise<OpenDatabase>,
  namesTenantEverywhere: boolean,
): void {
  const using = async (work: (database: OpenDatabase) => Promise<void>) => {
    const database = await openDatabase();
    try {
      await work(database);
    } finally {
      await database.dispose();
    }
  };
  const having = (tables: Map<string, Map<string, string>>, column: string, type?: string) =>
    [...tables]
      .filter(([, columns]) => columns.has(column) && columns.get(column) !== type)
      .map(([table]) => table)
      .toSorted();

  test("the list names every table, and how its rows say whose they are", () =>
    using(async (database) => {
      const tables = await columnsOf(database);
      const present = [...tables.keys()].filter((table) => !OWN.includes(table));
      expect(present.toSorted()).toEqual([...ALL_TABLES].toSorted());
      const named = namesTenantEverywhere ? [...TENANT_TABLES, ...SESSION_TABLES] : TENANT_TABLES;
      expect(having(tables, "tenant")).toEqual([...named].toSorted());
      expect(having(tables, "hash")).toEqual([...OPENS_BY_SECRET].toSorted());
      // A checkout has a session too: the payment provider's.
      const ofSessions = [...GOES_WITH_SESSION, "notes"].toSorted();
      expect(having(tables, "session", "text")).toEqual(ofSessions);
      expect(SHARED_TABLES.length + TENANT_TABLES.length + SESSION_TABLES.length).toBe(
        ALL_TABLES.length,
      );
    }));

  test("a session that is deleted leaves its head and its last note", () =>
    using(async (database) => {
      const { store } = database;
      const held = await fill(database);
      const filled = [...TENANT_TABLES, ...SESSION_TABLES];
      expect(await held()).toEqual(filled);
      const [row] = await database.ask("select tenant from sessions");
      const command = {
        kind: "delete_session",
        tenant: Number(row?.tenant),
        sessionId: "s",
      } as const;
      expect(await store.administer(command)).toEqual({ kind: "done", value: 1 });
      const gone: readonly string[] = [...GOES_WITH_SESSION, "tokens"];
      expect(await held()).toEqual(filled.filter((table) => !gone.includes(table)));
    }));

  test("a demo tenant that is purged leaves nothing", () =>
    using(async (database) => {
      const { store, ask } = database;
      const held = await fill(database);
      const answer = await store.administer({ kind: "purge", nowMs: NOW + YEAR_MS });
      expect(answer.kind === "done" && answer.value > 0).toBe(true);
      expect(await held()).toEqual([]);
      expect(await ask("select key from tenants")).toEqual([]);
    }));
}

describe("tables of a folder", () => {
  tablesContract(openFolder, false);
});

describe.skipIf(!hasServer)("tables of PostgreSQL", () => {
  afterAll(stopTestServer);
  tablesContract(openServer, true);
});
