import { afterAll, describe, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { openPostgres, stopTestServer, testServer } from "../store/open-postgres.ts";
import { checkEarlier, fillEarlier, overviewContract, UNDO_OVERVIEW } from "./overview-contract.ts";

const VERSION = 11;

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);
  overviewContract(openPostgres);

  test("sessions of a database of the layout before are rolled up", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    const tenant = await fillEarlier(store);
    await store.close();
    const undo = [...UNDO_OVERVIEW, `delete from schema_migrations where version >= ${VERSION}`];
    for (const sql of undo) await query(url, sql);
    const later = await openPostgresStore(url);
    await checkEarlier(later, tenant);
    await later.close();
  });
});
