import { afterAll, describe, expect, test } from "vitest";
import { LAYOUT_VERSION } from "../../src/store/postgres/layout/layout.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query, tellMissing } from "../postgres-server.ts";
import { storeContract } from "../store-contract.ts";
import { openPostgres, stopTestServer, testServer } from "./open-postgres.ts";

tellMissing();

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  storeContract(openPostgres);

  test("nodes that start at once on an empty database lay it out once", async () => {
    const url = await (await testServer()).emptyDatabase();
    const nodes = await Promise.all(Array.from({ length: 6 }, () => openPostgresStore(url)));
    for (const node of nodes) expect(await node.reader.usage(1)).toMatchObject({ sessions: 0 });
    await Promise.all(nodes.map((node) => node.close()));
    expect(await query(url, "select count(*)::int as steps from schema_migrations")).toEqual([
      { steps: LAYOUT_VERSION },
    ]);
  });

  test("a database of a newer program is refused", async () => {
    const url = await (await testServer()).emptyDatabase();
    await (await openPostgresStore(url)).close();
    await query(url, "insert into schema_migrations values (1000)");
    await expect(openPostgresStore(url)).rejects.toThrow("update caum");
  });

  test("a user who is no superuser needs no role beside their own", async () => {
    const server = await testServer();
    const url = new URL(await server.emptyDatabase());
    await query(url.href, "drop role if exists plain; create role plain login");
    await query(url.href, "grant create, usage on schema public to plain");
    url.username = "plain";
    const store = await openPostgresStore(url.href);
    expect(await store.reader.usage(1)).toMatchObject({ sessions: 0 });
    const worksAs = await store.database.read({ tenant: 1 }, (transaction) => {
      return transaction.rows("who", "select current_user::text as name");
    });
    expect(worksAs).toEqual([{ name: "plain" }]);
    await store.close();
  });
});
