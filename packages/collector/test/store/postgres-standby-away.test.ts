/** A synchronous standby that is gone: commits hang, and whoever waits is told so in time. */
import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { refusalError } from "../../src/http/door-error.ts";
import { openPostgresStore, type PostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { query, startServer, type TestServer } from "../postgres-server.ts";
import { hasStandby, type Standby, startStandby, waitForStandby } from "./standby.ts";
import { eventOf } from "./tenant-events.ts";

const PATIENCE_MS = 1_000;
/** Far from the 30 s after which a server that says nothing is given up. */
const IN_TIME_MS = 15_000;

describe.skipIf(!hasStandby)("a synchronous standby that is gone", () => {
  let primary: TestServer;
  let standby: Standby;
  let nodes: readonly [PostgresStore, PostgresStore];
  beforeAll(async () => {
    primary = await startServer();
    standby = await startStandby(primary.url);
    const open = () => openPostgresStore(primary.url, { patienceMs: PATIENCE_MS });
    nodes = [await open(), await open()];
    for (const id of ["s", "t"]) await nodes[0].submit(eventOf(1, id));
    await waitForStandby(primary.url);
  });
  afterAll(async () => {
    await standby.start(); // Nodes wait for what is under way.
    await Promise.all(nodes.map((node) => node.close()));
    await standby.dispose();
    await primary.stop();
  });

  const timed = async <T>(asked: Promise<T>): Promise<T> => {
    const startedMs = performance.now();
    const answer = await asked;
    expect(performance.now() - startedMs).toBeLessThan(IN_TIME_MS);
    return answer;
  };
  const hanging = async () => {
    const sql = "select count(*)::int as count from pg_stat_activity where wait_event = 'SyncRep'";
    return (await query(primary.url, sql))[0]?.count;
  };

  test("is told as such, nothing else is begun, and all goes on when it is back", async () => {
    const [first, second] = nodes;
    const again = eventOf(1, "s", { claim: { eventId: randomUUID(), body: "b" } });
    await standby.stop();
    // Its commit is sent, and written: nobody may say that nothing was stored.
    const unknown = await timed(first.submit(again));
    expect(unknown).toEqual({ kind: "refused", code: "NOT_CONFIRMED_BY_STANDBY" });
    expect(first.status().isWritable).toBe(false);
    expect(await hanging()).toBe(1);
    const refused = { kind: "refused", code: "STANDBY_AWAY" };
    expect(await timed(first.submit(eventOf(1, "t")))).toEqual(refused);
    const rename = { kind: "set_retention", tenant: 1, days: 9 } as const;
    expect(await timed(first.administer(rename))).toEqual(refused);
    // The row that it needs is locked by what hangs.
    expect(await timed(second.submit(eventOf(1, "s")))).toEqual(refused);
    expect(await hanging()).toBe(1);
    expect(await first.reader.session(1, "s")).toMatchObject({ tree: { size: 2 } });

    await standby.start();
    for (const node of nodes) {
      while (!node.status().isWritable) await new Promise((resolve) => setTimeout(resolve, 20));
    }
    expect(await second.submit(again)).toMatchObject({
      kind: "event",
      how: "repeated",
      index: 2,
    });
    expect(await first.submit(eventOf(1, "t"))).toMatchObject({ kind: "event", index: 2 });
    expect(await first.administer(rename)).toMatchObject({ kind: "done" });
  });
});

test.each([
  ["UNAVAILABLE", true, false],
  ["STANDBY_AWAY", true, true],
  ["NOT_CONFIRMED", false, false],
  ["NOT_CONFIRMED_BY_STANDBY", false, true],
] as const)("%s is a 503 that says what is known", (code, isNothingStored, isOfStandby) => {
  const { status, body, retryAfterSeconds } = refusalError(code);
  const { error } = body as { error: { code: string; message: string } };
  expect({ status, code: error.code, retryAfterSeconds }).toEqual({
    status: 503,
    code: "UNAVAILABLE",
    retryAfterSeconds: 5,
  });
  expect(error.message.includes("nothing was stored")).toBe(isNothingStored);
  expect(error.message.includes("standby")).toBe(isOfStandby);
});
