/** What the database itself holds about tenants, whatever a statement forgets. */
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FENCED_TABLES } from "../../src/store/postgres/layout/fences.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { stopTestServer, testServer } from "./open-postgres.ts";
import { eventOf } from "./tenant-events.ts";

/** Tables that answer whose a secret is, before a tenant is known. */
const DIRECTORY = ["keys", "sign_ins", "tenants", "tokens"];
/** Tables without rows of any tenant. */
const SHARED = ["node_identity", "schema_migrations", "service_clock", "witness_leases"];

describe.skipIf(!hasServer)("tenants of one database", () => {
  let store: PostgresStore;
  let url: string;
  beforeAll(async () => {
    url = await (await testServer()).emptyDatabase();
    store = await openPostgresStore(url);
    for (const tenant of [1, 2]) {
      for (let at = 0; at < 3; at++) await store.submit(eventOf(tenant, `s${at}`));
    }
  });
  afterAll(async () => {
    await store.close();
    await stopTestServer();
  });

  const count = (scope: Parameters<PostgresStore["database"]["read"]>[0], table: string) =>
    store.database.read(scope, async (transaction) => {
      // No `where`: what is seen is what the database lets through.
      const rows = await transaction.rows(`all_${table}`, `select * from ${table}`);
      return rows.length;
    });

  test("a statement without a where sees the rows of its own tenant only", async () => {
    expect(await count({ tenant: 1 }, "sessions")).toBe(3);
    expect(await count({ tenant: 2 }, "records")).toBe(6);
    expect(await count({ tenant: 3 }, "records")).toBe(0);
    expect(await query(url, "select count(*)::int as rows from records")).toEqual([{ rows: 12 }]);
  });

  test("a transaction without a tenant sees nothing", async () => {
    for (const table of FENCED_TABLES) expect(await count({ secret: "00" }, table)).toBe(0);
    for (const table of FENCED_TABLES) {
      expect(await count({ everyone: "directory" }, table)).toBe(0);
    }
  });

  test("an update or delete without a where stays inside its tenant", async () => {
    const changed = await store.database.write({ tenant: 1 }, (transaction) => {
      return transaction.change("all_dropped", "update sessions set dropped = 7");
    });
    expect(changed).toBe(3);
    expect(await store.reader.usage(2)).toMatchObject({ dropped: 0 });
  });

  test("no row of another tenant can be written", async () => {
    const write = store.database.write({ tenant: 1 }, (transaction) => {
      const sql = "insert into notes (tenant, session, size, note) values (2, 1, 1, 'note')";
      return transaction.change("other_note", sql);
    });
    await expect(write).rejects.toThrow("row-level security");
  });

  test("every table with rows of tenants is fenced, also against its owner", async () => {
    const tables = await query(
      url,
      `select relname::text as name, relrowsecurity and relforcerowsecurity as fenced
        from pg_class where relkind = 'r' and relnamespace = 'public'::regnamespace order by 1`,
    );
    const open = tables.filter(({ fenced }) => fenced !== true).map(({ name }) => name);
    expect(open).toEqual(SHARED);
    expect(tables.map(({ name }) => name)).toEqual(
      [...FENCED_TABLES, ...SHARED, "tenants"].toSorted(),
    );
  });

  test("the tenant is first in every key and index, but in those of the directory", async () => {
    const indexes = await query(
      url,
      `select tablename::text as table, indexdef as definition from pg_indexes
        where schemaname = 'public' order by indexname`,
    );
    const others = indexes.filter(({ definition }) => !/\(tenant[,)]/.test(String(definition)));
    const names = new Set(others.map(({ table }) => String(table)));
    // Those of jobs that look after all tenants: what is due, and what is over.
    const caretaker = ["alerts", "billing_events"];
    expect([...names].toSorted()).toEqual([...DIRECTORY, ...SHARED, ...caretaker].toSorted());
    const unique = others.filter(({ definition }) => String(definition).includes("UNIQUE"));
    const uniqueOf = new Set(unique.map(({ table }) => String(table)));
    expect([...uniqueOf].toSorted()).toEqual([...DIRECTORY, ...SHARED].toSorted());
  });
});
