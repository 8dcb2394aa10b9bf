/** Nodes behind PgBouncer: nothing that a session would have to keep is relied upon. */
import pg from "pg";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { storeContract } from "../store-contract.ts";
import { openOn, openPostgres, stopTestServer, testServer } from "./open-postgres.ts";
import { hasPgbouncer, type Pooler, startPgbouncer } from "./pgbouncer.ts";
import { eventOf } from "./tenant-events.ts";

const WHO = `select current_user::text as name, (select count(*) from records) as seen,
  (select count(*) from pg_prepared_statements) as prepared`;
const isThere = hasServer && hasPgbouncer && process.env.CAUM_TEST_POSTGRES === undefined;
afterAll(stopTestServer);

describe.skipIf(!isThere).each([
  // Fewer than the nodes open, so that one connection serves many of theirs.
  { mode: "transaction", connections: 2 },
  { mode: "session", connections: 60 },
] as const)("PgBouncer in $mode mode", ({ mode, connections }) => {
  const owner = `owner_by_${mode}`;
  let pooler: Pooler;
  beforeAll(async () => {
    const { url } = await testServer();
    pooler = await startPgbouncer(url, { mode, connections, users: ["caum", owner] });
  });
  afterAll(() => pooler.stop());

  storeContract(() => openPostgres(pooler.through));

  test("is in that mode: what one client prepares, another finds only in transaction mode", async () => {
    const url = pooler.through(await (await testServer()).emptyDatabase());
    const clients = [0, 1, 2].map(() => new pg.Client({ connectionString: url }));
    const [first, ...others] = clients;
    await Promise.all(clients.map((client) => client.connect()));
    await first?.query({ name: "mine", text: "select 1" });
    // Together they hold all the connections to the server that there are in transaction mode.
    const found = [];
    for (const client of others) {
      await client.query("begin");
      const { rows } = await client.query(
        "select count(*)::int as count from pg_prepared_statements where name = 'mine'",
      );
      found.push(rows[0]?.count);
    }
    await Promise.all(clients.map((client) => client.end()));
    expect(found.toSorted()).toEqual(mode === "transaction" ? [0, 1] : [0, 0]);
  });

  test("many groups of two nodes at once keep every chain", async () => {
    const { store, peer = store, dispose } = await openPostgres(pooler.through);
    const sent = Array.from({ length: 120 }, (_, at) =>
      (at % 2 === 0 ? store : peer).submit(eventOf(1 + (at % 2), `s${at % 4}`)),
    );
    for (const outcome of await Promise.all(sent)) expect(outcome.kind).toBe("event");
    for (const id of ["s0", "s1", "s2", "s3"]) {
      const records = await store.reader.records(1 + (Number(id[1]) % 2), id, 0, 100);
      const links = records.map(({ line }) => JSON.parse(line).previousHash);
      expect(records).toHaveLength(31);
      expect(links.slice(1)).toEqual(records.slice(0, -1).map(({ leaf }) => leaf));
    }
    await dispose();
  });

  test("a superuser's transactions step down, and those of an owner stay the owner's", async () => {
    const direct = await (await testServer()).emptyDatabase();
    await query(
      direct,
      `create role ${owner} login; grant create, usage on schema public to ${owner}`,
    );
    const address = new URL(pooler.through(direct));
    address.username = owner;
    const names = [];
    for (const url of [address.href, pooler.through(direct)]) {
      const { store, dispose } = await openOn(url);
      expect(await store.submit(eventOf(1, "s"))).toMatchObject({ kind: "event" });
      const node = await openPostgresStore(url);
      const rows = await node.database.read({ tenant: 2 }, (transaction) =>
        transaction.rows("who", WHO),
      );
      names.push(rows[0]);
      await node.close();
      await dispose();
    }
    expect(names).toEqual([
      { name: owner, seen: 0, prepared: 0 },
      { name: "caum_node", seen: 0, prepared: 0 },
    ]);
  });
});
