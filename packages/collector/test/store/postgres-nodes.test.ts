/** Two nodes on one database, with every session on both. */
import { randomUUID } from "node:crypto";
import { subtreeRoots } from "@caum/core/collector";
import { afterAll, afterEach, beforeEach, describe, expect, test } from "vitest";
import type { Outcome } from "../../src/ingest/intake.ts";
import type { Store } from "../../src/store/store.ts";
import { hasServer } from "../postgres-server.ts";
import type { StoreUnderTest } from "../store-contract.ts";
import { openPostgres, stopTestServer } from "./open-postgres.ts";
import { openSqlite } from "./open-sqlite.ts";
import { eventOf } from "./tenant-events.ts";

const SESSIONS = 6;
const EVENTS = 1_200;
const CALLERS = 24;

describe.skipIf(!hasServer)("two nodes", () => {
  let subject: StoreUnderTest;
  let nodes: readonly [Store, Store];
  beforeEach(async () => {
    subject = await openPostgres();
    nodes = [subject.store, subject.peer ?? subject.store];
  });
  afterEach(() => subject.dispose());
  afterAll(stopTestServer);

  test("never fork a chain, lose an event or store one twice", async () => {
    let at = 0;
    const caller = async () => {
      for (let number = at++; number < EVENTS; number = at++) {
        const node = nodes[number % 2] ?? subject.store;
        const claim = { eventId: randomUUID(), body: "b" };
        const outcome = await node.submit(eventOf(1, `s${number % SESSIONS}`, { claim }));
        expect(outcome.kind).toBe("event");
      }
    };
    await Promise.all(Array.from({ length: CALLERS }, caller));
    for (let session = 0; session < SESSIONS; session++) {
      await checkSession(subject.store, `s${session}`, EVENTS / SESSIONS + 1);
    }
  });

  test("come to the same roots and findings as one node", async () => {
    const alone = await openSqlite();
    const lines: string[] = [];
    try {
      for (let at = 0; at < 300; at++) {
        const node = nodes[at % 2] ?? subject.store;
        await node.submit(eventOf(1, "s"));
      }
      const records = await subject.store.reader.records(1, "s", 0, 1_000);
      lines.push(...records.map(({ line }) => line));
      const { runId } = JSON.parse(lines[0] ?? "");
      const told = { kind: "records", tenant: 1, receivedMs: Date.now(), runId } as const;
      await alone.store.submit({ ...told, sessionId: "s", lines });
      const [one, two] = await Promise.all([viewOf(alone.store, "s"), viewOf(subject.store, "s")]);
      expect(two.tree).toEqual(one.tree);
      expect(two.standing).toEqual(one.standing);
      expect(two.figures).toEqual(one.figures);
      expect(two.totals).toEqual(one.totals);
    } finally {
      await alone.dispose();
    }
  });

  test("the same event id a hundred times at once is one row and a hundred equal answers", async () => {
    const claim = { eventId: randomUUID(), body: "b" };
    const sent = Array.from({ length: 100 }, (_, at) => {
      // Also under different sessions, which different lanes and nodes take.
      const intake = eventOf(1, `s${at % 4}`, {
        claim,
        receivedMs: Date.now() + at,
        asksRoot: true,
      });
      return (nodes[at % 2] ?? subject.store).submit(intake);
    });
    const outcomes = (await Promise.all(sent)).map(eventOutcome);
    expect(new Set(outcomes.map(({ receivedMs }) => receivedMs)).size).toBe(1);
    expect(new Set(outcomes.map(({ leaf }) => leaf)).size).toBe(1);
    expect(new Set(outcomes.map(({ root }) => root)).size).toBe(1);
    expect(outcomes.filter(({ how }) => how === "appended")).toHaveLength(1);
    expect(await subject.store.reader.usage(1)).toMatchObject({ sessions: 1, events: 2 });
  });

  test("one run's lines that come to both are stored once", async () => {
    const made = await openSqlite();
    try {
      for (let at = 0; at < 40; at++) await made.store.submit(eventOf(1, "s"));
      const lines = (await made.store.reader.records(1, "s", 0, 100)).map(({ line }) => line);
      const { runId } = JSON.parse(lines[0] ?? "");
      const intake = {
        kind: "records",
        tenant: 1,
        receivedMs: Date.now(),
        sessionId: "s",
        runId,
      } as const;
      const sent = Array.from({ length: 10 }, (_, at) =>
        (nodes[at % 2] ?? subject.store).submit({ ...intake, lines }),
      );
      const outcomes = await Promise.all(sent);
      const accepted = outcomes.map((outcome) =>
        outcome.kind === "records" ? outcome.accepted : -1,
      );
      expect(accepted.toSorted((a, b) => b - a)).toEqual([41, ...Array(9).fill(0)]);
      await checkSession(subject.store, "s", 41);
    } finally {
      await made.dispose();
    }
  });

  test("steps and new segments are seen by both", async () => {
    const send = async (node: number, number: number, body: string) =>
      eventOutcome(
        await (nodes[node] ?? subject.store).submit(eventOf(1, "s", { step: { number, body } })),
      ).how;
    expect(await send(0, 1, "a")).toBe("appended");
    expect(await send(1, 2, "b")).toBe("appended");
    expect(await send(0, 2, "b")).toBe("repeated");
    expect(await send(1, 2, "c")).toBe("other_body");
    expect(await send(0, 1, "d")).toBe("new_segment");
    expect(await send(1, 2, "b")).toBe("appended");
    expect(await send(0, 2, "b")).toBe("repeated");
    expect((await viewOf(nodes[1], "s")).standing.step).toBe(2);
  });
});

function eventOutcome(outcome: Outcome): Extract<Outcome, { kind: "event" }> {
  if (outcome.kind !== "event") throw new Error(`not accepted: ${JSON.stringify(outcome)}`);
  return outcome;
}

async function viewOf(store: Store, id: string) {
  const view = await store.reader.session(1, id);
  if (view === undefined || "gone" in view) throw new Error("no session");
  return view;
}

async function checkSession(store: Store, id: string, size: number): Promise<void> {
  const records = await store.reader.records(1, id, 0, size + 1);
  expect(records.map(({ index }) => index)).toEqual(Array.from({ length: size }, (_, at) => at));
  const links = records.map(({ line }) => JSON.parse(line).previousHash);
  expect(links.slice(1)).toEqual(records.slice(0, -1).map(({ leaf }) => leaf));
  const view = await viewOf(store, id);
  expect(view.tree.size).toBe(size);
  const leaves = records.map(({ leaf }) => leaf);
  const blocks = await store.reader.subtrees(1, id);
  const root = subtreeRoots(leaves);
  expect(blocks).toEqual(blocks.map((_, at) => root(at * 256, (at + 1) * 256)));
  expect(blocks).toHaveLength(Math.floor(size / 256));
}
