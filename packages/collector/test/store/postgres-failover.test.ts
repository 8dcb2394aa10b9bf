/** Several servers in one URL: nodes write to whichever is primary now. */
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { openPostgresStore } from "../../src/store/postgres/postgres-store.ts";
import { startServer, type TestServer } from "../postgres-server.ts";
import { hasStandby, type Standby, startStandby, waitForStandby } from "./standby.ts";
import { eventOf } from "./tenant-events.ts";

/** Both servers as one URL, in that order. */
function both(first: string, second: string): string {
  const [one, other] = [new URL(first), new URL(second)];
  return `postgres://${one.username}@${one.host},${other.host}${one.pathname}`;
}

describe.skipIf(!hasStandby)("a primary and its standby", () => {
  let primary: TestServer;
  let standby: Standby | undefined;
  beforeEach(async () => {
    primary = await startServer();
    standby = await startStandby(primary.url);
  });
  const urlOf = (server: Standby | undefined) => server?.url ?? "";
  afterEach(async () => {
    await standby?.dispose();
    await primary.stop();
  });

  test("a node that names the standby first writes to the primary", async () => {
    const store = await openPostgresStore(both(urlOf(standby), primary.url));
    expect(await store.submit(eventOf(1, "s"))).toMatchObject({ kind: "event" });
    expect(await store.reader.usage(1)).toMatchObject({ sessions: 1 });
    const where = await store.database.read({ tenant: 1 }, (transaction) =>
      transaction.rows("where", "select inet_server_port() as port"),
    );
    expect(where).toEqual([{ port: Number(new URL(primary.url).port) }]);
    await store.close();
  });

  test("hosts and ports may stand behind the question mark", async () => {
    const [one, other] = [new URL(urlOf(standby)), new URL(primary.url)];
    const query = `host=127.0.0.1,127.0.0.1&port=${one.port},${other.port}`;
    const store = await openPostgresStore(
      `postgres://caum@/postgres?${query}&target_session_attrs=primary`,
    );
    expect(await store.submit(eventOf(1, "s"))).toMatchObject({ kind: "event" });
    await store.close();
  });

  test("a node does not start where none of them takes writes", async () => {
    await primary.kill?.();
    const opened = openPostgresStore(both(primary.url, urlOf(standby)));
    await expect(opened).rejects.toThrow("none of the servers");
  });

  test("the standby that is promoted under load takes what comes, and has what was acknowledged", async () => {
    const store = await openPostgresStore(both(primary.url, urlOf(standby)));
    await store.submit(eventOf(1, "s0"));
    await waitForStandby(primary.url);
    const state = { isOver: false };
    const acknowledged: string[] = [];
    const send = async (number: number) => {
      while (!state.isOver) {
        const outcome = await store.submit(eventOf(1, `s${number}`));
        if (outcome.kind === "event") acknowledged.push(outcome.leaf);
        else expect(outcome.kind === "refused" && outcome.code).toMatch(/^(UNAVAILABLE|NOT_CONF)/);
      }
    };
    const until = async (count: number) => {
      while (acknowledged.length < count) await new Promise((resolve) => setTimeout(resolve, 5));
    };
    const senders = [0, 1, 2, 3].map(send);
    await until(20);
    await primary.kill?.();
    await standby?.promote();
    await until(acknowledged.length + 20);
    state.isOver = true;
    await Promise.all(senders);
    const kept = new Set<string>();
    for (const id of ["s0", "s1", "s2", "s3"]) {
      const records = await store.reader.records(1, id, 0, 10_000);
      const links = records.map(({ line }) => JSON.parse(line).previousHash);
      expect(links.slice(1)).toEqual(records.slice(0, -1).map(({ leaf }) => leaf));
      for (const { leaf } of records) kept.add(leaf);
    }
    expect(acknowledged.filter((leaf) => !kept.has(leaf))).toEqual([]);
    await store.close();
  });
});
