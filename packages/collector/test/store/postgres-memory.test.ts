import { afterAll, describe, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { checkUpgraded, fillBefore, memoryContract } from "../store-contract-memory.ts";
import { openPostgres, stopTestServer, testServer } from "./open-postgres.ts";
import { undoStructures } from "./undo-loops.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  memoryContract(openPostgres);

  test("sessions of a database of the layout before are counted as far as they can be", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    await fillBefore(store);
    await store.close();
    for (const sql of undoStructures(9)) await query(url, sql);
    await query(url, "update judgements set state = (state::jsonb - 'structure')::text");
    const [later, peer] = await Promise.all([openPostgresStore(url), openPostgresStore(url)]);
    await checkUpgraded(later);
    await Promise.all([later.close(), peer.close()]);
  });
});
