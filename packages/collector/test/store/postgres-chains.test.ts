import { afterAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { chainContract } from "../store-contract-chains.ts";
import { openPostgres, stopTestServer, testServer } from "./open-postgres.ts";
import { eventOf } from "./tenant-events.ts";

const TRACE = "aa".repeat(16);

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  chainContract(openPostgres);

  test("a database of the layout before takes traces from nodes that are bound by its fences", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    await store.submit(eventOf(1, "before"));
    await store.close();
    await query(url, "drop table traces");
    await query(url, "delete from schema_migrations where version >= 5");
    const nodes = await Promise.all([openPostgresStore(url), openPostgresStore(url)]);
    for (const [at, node] of nodes.entries()) {
      const outcome = await node.submit(
        eventOf(1, at === 0 ? "before" : "new", { traces: [TRACE] }),
      );
      expect(outcome.kind).toBe("event");
    }
    const found = await nodes[0].reader.sessions(1, { limit: 9, traces: [TRACE] });
    expect(found.map(({ id }) => id).toSorted()).toEqual(["before", "new"]);
    const rows = await nodes[0].database.read({ tenant: 2 }, (transaction) =>
      transaction.rows("all_traces", "select * from traces"),
    );
    expect(rows).toEqual([]);
    await Promise.all(nodes.map((node) => node.close()));
  });

  test("sessions of a trace are looked up by their keys", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    const events = Array.from({ length: 600 }, (_, at) =>
      store.submit(eventOf(1, `s${at}`, at % 200 === 0 ? { traces: [TRACE] } : {})),
    );
    await Promise.all(events);
    const plan = await query(
      url,
      `explain select sessions.* from (select session from traces
          where tenant = 1 and id = decode('${TRACE}', 'hex')) w,
        lateral (select * from sessions s where s.tenant = 1 and s.key = w.session limit 1) sessions
        where tenant = 1 and gone = 0
        order by listed_ms desc, last_ms desc, key desc limit 20`,
    );
    const text = plan.map((row) => String(Object.values(row)[0])).join("\n");
    expect(text).toMatch(/sessions_by_key/);
    expect(text).toMatch(/traces_pkey/);
    expect(text).not.toMatch(/Seq Scan/);
    await store.close();
  });
});
