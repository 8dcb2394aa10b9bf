/** Lists, sums and exports from a replica: seen by what it has not seen yet. */
import { Signer } from "@caum/core/collector";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { startClient } from "../client.ts";
import { query, startServer, type TestServer } from "../postgres-server.ts";
import { hasStandby, type Standby, startStandby } from "./standby.ts";
import { eventOf } from "./tenant-events.ts";

/** Longer than any test here may take to look: being too far behind is tested with its own store. */
const HOUR_MS = 3_600_000;

describe.skipIf(!hasStandby)("a database that is only read", () => {
  let primary: TestServer;
  let standby: Standby;
  let store: PostgresStore;
  beforeAll(async () => {
    primary = await startServer();
    await (await openPostgresStore(primary.url)).close();
    standby = await startStandby(primary.url);
    store = await openPostgresStore(primary.url, { readUrl: standby.url, mostBehindMs: HOUR_MS });
  });
  afterAll(async () => {
    await store.close();
    await standby.dispose();
    await primary.stop();
  });

  const pause = () => query(standby.url, "select pg_wal_replay_pause()");
  const resume = () => query(standby.url, "select pg_wal_replay_resume()");
  const until = async (fact: () => boolean | Promise<boolean>) => {
    while (!(await fact())) await new Promise((resolve) => setTimeout(resolve, 20));
  };
  const listed = async (reader = store.replica, tenant = 1) =>
    (await reader.sessions(tenant, { limit: 9 })).map(({ id }) => id).toSorted();

  test("is where lists come from, and nothing that has to be current", async () => {
    await store.submit(eventOf(1, "a"));
    await store.submit(eventOf(2, "other"));
    await until(async () => (await listed(store.replica, 2)).length === 1);
    await pause();
    await store.submit(eventOf(1, "b"));
    expect(await listed()).toEqual(["a"]);
    expect(await listed(store.reader)).toEqual(["a", "b"]);
    expect(await store.reader.session(1, "b")).toMatchObject({ id: "b" });
    await until(() => (store.status().replica?.behindMs ?? 0) > 0);
    await resume();
    await until(async () => (await listed()).length === 2);
    await until(() => store.status().replica?.behindMs === 0);
    expect(store.status().replica).toEqual({ isUsed: true, behindMs: 0, fallbacks: 0 });
  });

  test("shows nobody the rows of another, also to a superuser", async () => {
    expect(await listed(store.replica, 2)).toEqual(["other"]);
    expect(await listed(store.replica, 3)).toEqual([]);
  });

  test("is not asked by whoever has just changed what lists show", async () => {
    await store.submit(eventOf(2, "gone"));
    await until(async () => (await listed(store.replica, 2)).includes("gone"));
    await pause();
    const deleted = { kind: "delete_session", tenant: 2, sessionId: "gone" } as const;
    expect(await store.administer(deleted)).toMatchObject({ kind: "done" });
    expect(await listed(store.replica, 2)).toEqual(["other"]);
    await resume();
  });

  test("is passed over while it is too far behind, and read again when it is not", async () => {
    const strict = await openPostgresStore(primary.url, {
      readUrl: standby.url,
      mostBehindMs: 1_500,
    });
    await until(() => strict.status().replica?.isUsed === true);
    await pause();
    await store.submit(eventOf(1, "c"));
    await until(() => strict.status().replica?.isUsed === false);
    expect(await listed(strict.replica)).toContain("c");
    expect(strict.status().replica?.fallbacks).toBeGreaterThan(0);
    await resume();
    await until(() => strict.status().replica?.isUsed === true);
    await strict.close();
  });

  test("is passed over while it is away, also at the start", async () => {
    await standby.stop();
    const before = store.status().replica?.fallbacks ?? 0;
    expect(await listed()).toContain("c");
    const late = await openPostgresStore(primary.url, { readUrl: standby.url });
    expect(await listed(late.replica)).toContain("c");
    expect(store.status().replica?.fallbacks).toBeGreaterThan(before);
    expect(store.status().isWritable).toBe(true);
    await standby.start();
    for (const node of [store, late]) await until(() => node.status().replica?.isUsed === true);
    await late.close();
  });

  test("is told of in the metrics, and an export has what it has not seen yet", async () => {
    const client = await startClient({
      database: primary.url,
      readDatabase: standby.url,
      env: { CAUM_SIGNING_KEY: Signer.format("test", Buffer.alloc(32, 7)) },
    });
    const send = async (step: number) => {
      const sent = await client.post("/v1/step", { session_id: "told", step, tool: "t" });
      expect(sent.status).toBe(200);
    };
    await send(1);
    const names = async () => {
      const { body } = await client.get("/dashboard-api/sessions");
      return body.sessions.map(({ session_id: id }: { session_id: string }) => id);
    };
    await until(async () => (await names()).includes("told"));
    await pause();
    await send(2);
    const bundle = await client.get("/v1/session/told/bundle");
    expect(bundle.text.match(/"category":"tool_api"/g)).toHaveLength(2);
    await resume();
    const { text } = await client.get("/metrics", client.admin);
    expect(text).toMatch(/^caum_read_database_used 1$/m);
    expect(text).toMatch(/^caum_read_database_behind_seconds [\d.]+$/m);
    expect(text).toMatch(/^caum_read_database_fallbacks_total \d+$/m);
    await client.stop();
  });
});
