/** The database goes away, connections break, and nobody loses what was acknowledged. */
import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { hasServer, startServer, type TestServer } from "../postgres-server.ts";
import { type CuttingProxy, cuttingProxy } from "./cutting-proxy.ts";
import { stopTestServer, testServer } from "./open-postgres.ts";
import { eventOf } from "./tenant-events.ts";

async function isLinked(store: PostgresStore, id: string): Promise<number> {
  const records = await store.reader.records(1, id, 0, 10_000);
  expect(records.map(({ index }) => index)).toEqual(records.map((_, at) => at));
  const links = records.map(({ line }) => JSON.parse(line).previousHash);
  expect(links.slice(1)).toEqual(records.slice(0, -1).map(({ leaf }) => leaf));
  expect(await store.reader.session(1, id)).toMatchObject({ tree: { size: records.length } });
  return records.length;
}

describe.skipIf(!hasServer)("a connection that breaks", () => {
  let proxy: CuttingProxy;
  let store: PostgresStore;
  beforeEach(async () => {
    proxy = await cuttingProxy(await (await testServer()).emptyDatabase());
    store = await openPostgresStore(proxy.url);
  });
  afterEach(async () => {
    await store.close();
    await proxy.close();
  });
  afterAll(stopTestServer);

  test("after a commit: what was done is not done again, though events have no id", async () => {
    await store.submit(eventOf(1, "s"));
    for (const sessionId of ["s", "new"]) {
      proxy.cutNext("after_commit");
      const outcomes = await Promise.all([1, 2, 3].map(() => store.submit(eventOf(1, sessionId))));
      const records = await store.reader.records(1, sessionId, 0, 10);
      const leaves = records.slice(-3).map(({ leaf }) => leaf);
      expect(outcomes.map((outcome) => outcome.kind === "event" && outcome.leaf)).toEqual(leaves);
    }
    expect(await isLinked(store, "s")).toBe(5);
    expect(await isLinked(store, "new")).toBe(4);
  });

  test("before a commit: what was not done is done", async () => {
    proxy.cutNext("before_commit", "before_commit", "after_commit");
    expect(await store.submit(eventOf(1, "s"))).toMatchObject({ kind: "event", index: 1 });
    expect(await isLinked(store, "s")).toBe(2);
  });

  test("in the middle of many groups: each event is there once", async () => {
    let taken = 0;
    const send = async (at: number) => {
      const outcome = await store.submit(eventOf(1, `s${at % 3}`));
      expect(outcome.kind).toBe("event");
      taken += 1;
      // By progress, not by time: on a slow machine no group would get through between two cuts.
      if (taken % 6 === 0) setTimeout(() => proxy.cutAll(), taken % 5);
    };
    for (let round = 0; round < 5; round++) {
      await Promise.all(Array.from({ length: 30 }, (_, at) => send(at)));
    }
    for (const id of ["s0", "s1", "s2"]) expect(await isLinked(store, id)).toBe(51);
  });
});

describe.skipIf(!hasServer || process.env.CAUM_TEST_POSTGRES !== undefined)(
  "a server that is killed",
  () => {
    let server: TestServer;
    let url: string;
    beforeEach(async () => {
      server = await startServer();
      url = await server.emptyDatabase();
    });
    afterEach(() => server.stop());

    test("under load loses nothing that was acknowledged, and stores nothing twice", async () => {
      const nodes = [
        await openPostgresStore(url, { patienceMs: 1_000 }),
        await openPostgresStore(url, { patienceMs: 1_000 }),
      ] as const;
      const state = { isOver: false };
      const sent = { acknowledged: 0, refused: 0 };
      const sender = async (number: number) => {
        for (let at = 0; !state.isOver; at++) {
          const claim = { eventId: randomUUID(), body: "b" };
          // As a reporter: the same event again until it is taken.
          for (;;) {
            const node = nodes[at % 2] ?? nodes[0];
            const outcome = await node.submit(eventOf(1, `s${number % 4}`, { claim }));
            if (outcome.kind === "event") break;
            // A commit that was under way is one that nobody knows of.
            expect(outcome).toEqual({
              kind: "refused",
              code: expect.stringMatching(/^(UNAVAILABLE|NOT_CONFIRMED)$/),
            });
            sent.refused += 1;
          }
          sent.acknowledged += 1;
        }
      };
      const senders = Array.from({ length: 16 }, (_, number) => sender(number));
      for (let round = 0; round < 3; round++) {
        await new Promise((resolve) => setTimeout(resolve, 300));
        await server.restart?.();
      }
      state.isOver = true;
      await Promise.all(senders);
      const [store] = nodes;
      const sizes = await Promise.all([0, 1, 2, 3].map((at) => isLinked(store, `s${at}`)));
      expect(sizes.reduce((sum, size) => sum + size - 1, 0)).toBe(sent.acknowledged);
      expect(sent.acknowledged).toBeGreaterThan(100);
      await Promise.all(nodes.map((node) => node.close()));
    });

    test("is told as not ready, until it is back", async () => {
      const store = await openPostgresStore(url, { patienceMs: 200 });
      expect(store.status().isWritable).toBe(true);
      await server.kill?.();
      const refused = { kind: "refused", code: "UNAVAILABLE" };
      expect(await store.submit(eventOf(1, "s"))).toEqual(refused);
      expect(await store.administer({ kind: "set_retention", tenant: 1, days: 1 })).toEqual(
        refused,
      );
      await expect(store.reader.session(1, "s")).rejects.toThrow("cannot be reached");
      expect(store.status().isWritable).toBe(false);
      await server.restart?.();
      await expect.poll(() => store.status().isWritable, { timeout: 20_000 }).toBe(true);
      expect(await store.submit(eventOf(1, "s"))).toMatchObject({ kind: "event", index: 1 });
      await store.close();
    });
  },
);
