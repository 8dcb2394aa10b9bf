import { afterAll, describe, expect, test } from "vitest";
import { Compaction } from "../../src/operation/compaction.ts";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { burialContract } from "../store-contract-burial.ts";
import { chunkContract } from "../store-contract-chunks.ts";
import { openPostgres, stopTestServer, testServer } from "./open-postgres.ts";
import { eventOf } from "./tenant-events.ts";
import { undoChunks } from "./undo-loops.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  chunkContract(openPostgres);
  burialContract(openPostgres);

  test("the records of a database of the layout before are moved, and are the same", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    for (let at = 0; at < 40; at++) await store.submit(eventOf(1, "s"));
    const before = await store.reader.records(1, "s", 0, 99);
    await store.close();
    for (const sql of undoChunks(14)) await query(url, sql);
    const nodes = await Promise.all([openPostgresStore(url), openPostgresStore(url)]);
    const clock = () => Date.now() + 3_600_000;
    const fail = (failure: Error) => {
      throw failure;
    };
    // Both at once: what one has, the other leaves.
    const moved = await Promise.all(
      nodes.map((store) => new Compaction({ store, clock, onFailure: fail }).round()),
    );
    expect(moved.reduce((sum, records) => sum + records, 0)).toBe(41);
    for (const node of nodes) expect(await node.reader.records(1, "s", 0, 99)).toEqual(before);
    const foreign = await nodes[0].database.read({ tenant: 2 }, (transaction) =>
      transaction.rows("all_chunks", "select * from record_chunks"),
    );
    expect(foreign).toEqual([]);
    await Promise.all(nodes.map((node) => node.close()));
  });
});
