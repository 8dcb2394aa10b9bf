import { afterAll, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, query } from "../postgres-server.ts";
import { loopContract, senderOf } from "../store-contract-loops.ts";
import { openPostgres, stopTestServer, testServer } from "./open-postgres.ts";
import { undoLoops } from "./undo-loops.ts";

describe.skipIf(!hasServer)("PostgreSQL", () => {
  afterAll(stopTestServer);

  loopContract(openPostgres);

  test("a database of the layout before says of its loops what its figures do", async () => {
    const url = await (await testServer()).emptyDatabase();
    const store = await openPostgresStore(url);
    const subject = { store, reopen: async () => subject, dispose: () => store.close() };
    await senderOf(() => subject, "looped").loop(6);
    await senderOf(() => subject, "clean").work(6);
    await store.close();
    for (const sql of undoLoops(3)) await query(url, sql);
    const [later, peer] = await Promise.all([openPostgresStore(url), openPostgresStore(url)]);
    expect(await later.reader.sessions(1, { limit: 9, hadLoop: true })).toMatchObject([
      { id: "looped", loops: { count: 1, steps: 6, worstTier: "T5" }, acknowledged: undefined },
    ]);
    expect(await peer.reader.session(1, "clean")).toMatchObject({ loops: { count: 0, steps: 0 } });
    await senderOf(() => ({ ...subject, store: later }), "looped").loop(2);
    expect(await peer.reader.session(1, "looped")).toMatchObject({ loops: { count: 1, steps: 8 } });
    await Promise.all([later.close(), peer.close()]);
  });
});
