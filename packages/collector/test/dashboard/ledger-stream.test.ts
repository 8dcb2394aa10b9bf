/** The live ledger while more changes than anybody could read. */
import { expect, test } from "vitest";
import { type LedgerNews, watchLedger } from "../../src/dashboard/streams/ledger-stream.ts";
import type { SessionFilter, SessionView } from "../../src/store/store.ts";
import { startClient } from "../client.ts";
import { openSqlite } from "../store/open-sqlite.ts";
import { eventOf } from "../store/tenant-events.ts";
import { openEvents } from "./event-source.ts";

const NOW = 1_767_225_600_000;
const SESSIONS = 5_000;

/** Thousands of sessions, of which some change before each look. */
function busyReader(template: SessionView, apartMs: number) {
  const views = Array.from({ length: SESSIONS }, (_, key) => {
    return { ...template, key, id: `s${key}`, lastMs: NOW - (SESSIONS - key) * apartMs };
  });
  const state = { nowMs: NOW, reads: 0 };
  const reader = {
    sessions: async (_tenant: number, { limit, sinceMs = 0 }: SessionFilter) => {
      state.reads += 1;
      const found = views.filter(({ lastMs }) => lastMs >= sinceMs);
      return found.toSorted((one, other) => other.lastMs - one.lastMs).slice(0, limit);
    },
    records: async () => [],
  };
  const change = (keys: readonly number[]) => {
    state.nowMs += 100;
    for (const key of keys) {
      const view = views[key];
      if (view === undefined) continue;
      const tree = { ...view.tree, size: view.tree.size + 1 };
      views[key] = { ...view, lastMs: state.nowMs, tree };
    }
  };
  return { reader, change, state };
}

const idsOf = ({ rows }: LedgerNews) => rows.map(({ session_id: id }) => id);

test("what is read and told in a second has a bound, whatever changes", async () => {
  const template = await viewOfOne();
  const { reader, change, state } = busyReader(template, 1);
  let upMs = 0;
  // The two reads that rows are made from.
  const source = { reader: reader as never, clock: () => state.nowMs };
  const look = watchLedger(1, source, () => upMs);
  await look();
  const all = Array.from({ length: SESSIONS }, (_, key) => key);
  let rows = 0;
  let bytes = 0;
  const readsBefore = state.reads;
  for (let round = 0; round < 100; round++) {
    change(all);
    upMs += 100;
    const news = await look();
    rows += news.rows.length;
    bytes += JSON.stringify(news.rows).length;
    if (news.rows.length > 0) expect(news).toMatchObject({ isWhole: false });
  }
  // Ten seconds: 500,000 changes.
  expect(rows).toBe(10 * 200);
  expect(bytes).toBeLessThan(10 * 400_000);
  expect(state.reads - readsBefore).toBe(10);
});

test("few changes beside many sessions are told at once, whole, and oldest first", async () => {
  const template = await viewOfOne();
  const { reader, change, state } = busyReader(template, 100);
  let upMs = 0;
  const look = watchLedger(1, { reader: reader as never, clock: () => state.nowMs }, () => upMs);
  await look();
  for (let round = 0; round < 5; round++) {
    change([7, 8]);
    change([9]);
    upMs += 100;
    const news = await look();
    expect(news.isWhole).toBe(true);
    expect(idsOf(news).at(-1)).toBe("s9");
    expect(idsOf(news).toSorted()).toEqual(["s7", "s8", "s9"]);
  }
});

test("a page beside a flood is told the newest, that there is more, and not to begin again", async () => {
  const client = await startClient({ clock: () => NOW });
  const url = `${client.collector.url}/dashboard-api/sessions/stream`;
  const send = (round: number) =>
    Promise.all(
      Array.from({ length: 300 }, (_, at) =>
        client.post("/v1/step", { session_id: `f${at}`, step: round, tool: "t" }),
      ),
    );
  await send(1);
  const events = await openEvents(url, client.key);
  let round = 2;
  let isOver = false;
  const flood = (async () => {
    while (!isOver) await send(round++);
  })();
  const seen = await events.until(({ type }) => type === "more");
  isOver = true;
  await flood;
  // What comes after the flood comes by the same stream.
  await client.post("/v1/step", { session_id: "after", step: 1, tool: "t" });
  const types = (await events.until(({ data }) => data.session_id === "after")).map(
    ({ type }) => type,
  );
  expect(types).not.toContain("reload");
  expect(seen.filter(({ type }) => type === "session").length).toBeGreaterThanOrEqual(200);
  events.close();
  // A page that was away while more changed than is told goes on as well.
  const again = await openEvents(url, { ...client.key, "last-event-id": String(NOW - 1) });
  const missed = await again.until(({ type }) => type === "more");
  expect(missed.filter(({ type }) => type === "session")).toHaveLength(200);
  expect(missed.map(({ type }) => type)).not.toContain("reload");
  again.close();
  await client.stop();
});

async function viewOfOne(): Promise<SessionView> {
  const { store, dispose } = await openSqlite();
  await store.submit(eventOf(1, "one"));
  const [view] = await store.reader.sessions(1, { limit: 1 });
  await dispose();
  if (view === undefined) throw new Error("there is no session");
  return view;
}
