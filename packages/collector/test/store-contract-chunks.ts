/** Records stand one by one or together: whoever asks for them never sees which. */
import { CompactRange } from "@caum/core/collector";
import { hashLeaf } from "@caum/core/verify";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { EventIntake, EventOutcome, RecordsOutcome } from "../src/ingest/intake.ts";
import type { StoredRecord } from "../src/ingest/ledger.ts";
import { Compaction } from "../src/operation/compaction.ts";
import { CHUNK_RECORDS, WORTH_A_CHUNK } from "../src/store/chunks/chunk.ts";
import { type NativeRunLines, recordRun } from "./native-lines.ts";
import { eventOf } from "./store/tenant-events.ts";
import type { StoreUnderTest } from "./store-contract.ts";

const NOW = Date.parse("2026-01-01T00:00:00Z");
const HOUR_MS = 3_600_000;

export function chunkContract(open: () => Promise<StoreUnderTest>): void {
  let subject: StoreUnderTest;
  beforeEach(async () => {
    subject = await open();
  });
  afterEach(() => subject.dispose());

  const failures: Error[] = [];
  /** @param laterMs by which the clock of the compaction is ahead of the records */
  const compact = (laterMs = HOUR_MS) => {
    const clock = () => NOW + laterMs;
    const { store } = subject;
    const onFailure = (failure: Error) => failures.push(failure);
    return new Compaction({ store, clock, onFailure }).round();
  };
  const claimOf = (at: number) => ({
    eventId: `550e8400-e29b-41d4-a716-${String(at).padStart(12, "0")}`,
    body: `body ${at}`,
  });
  const event = (at: number, more: Partial<EventIntake> = {}) =>
    eventOf(1, "s", { claim: claimOf(at), receivedMs: NOW + at, asksRoot: true, ...more });
  const send = async (at: number, more: Partial<EventIntake> = {}) => {
    const outcome = await subject.store.submit(event(at, more));
    if (outcome.kind !== "event") throw new Error(JSON.stringify(outcome));
    return outcome;
  };
  const sendAll = async (from: number, to: number) => {
    const outcomes: EventOutcome[] = [];
    for (let at = from; at < to; at++) outcomes.push(await send(at));
    return outcomes;
  };
  const submitLines = async ({ runId }: NativeRunLines, lines: readonly string[]) => {
    const place = { tenant: 1, receivedMs: NOW, sessionId: "s", runId };
    const intake = { kind: "records", asksStandings: true, ...place, lines } as const;
    return (await subject.store.submit(intake)) as RecordsOutcome; // Nothing of it is refused.
  };
  const all = () => subject.store.reader.records(1, "s", 0, 10_000);
  const rootOver = (records: readonly StoredRecord[]) => {
    const tree = new CompactRange();
    for (const { leaf } of records) tree.append(leaf);
    return tree.root;
  };
  const loose = async () =>
    (await subject.store.reader.looseSessions(undefined, 99)).map(({ records }) => records);

  test("what is moved into chunks is read as it was, whole and in part", async () => {
    await sendAll(0, 300);
    const before = await all();
    expect(before).toHaveLength(301);
    expect(await loose()).toEqual([CHUNK_RECORDS]);
    expect(await compact()).toBe(301);
    expect(await loose()).toEqual([]);
    const { reader } = subject.store;
    expect(await all()).toEqual(before);
    for (const [from, to] of [
      [0, 1],
      [255, 257],
      [100, 300],
      [300, 301],
      [301, 400],
    ] as const) {
      expect(await reader.records(1, "s", from, to - from)).toEqual(before.slice(from, to));
      const leaves = before.slice(from, to).map(({ leaf }) => leaf);
      expect(await reader.leaves(1, "s", from, to)).toEqual(leaves);
    }
    for (const { leaf, line } of before) expect(leaf).toBe(hashLeaf(line));
  });

  test("a session that is at work keeps its last records in rows until a chunk is full", async () => {
    await sendAll(0, 300);
    expect(await compact(HOUR_MS / 60)).toBe(CHUNK_RECORDS);
    expect(await loose()).toEqual([301 - CHUNK_RECORDS]);
    expect(await compact(HOUR_MS / 60)).toBe(0);
    expect(await compact()).toBe(301 - CHUNK_RECORDS);
  });

  test("a small chunk is joined by what comes after it, and what is repeated is answered alike", async () => {
    const first = await sendAll(0, 10);
    await compact();
    const more = await sendAll(10, 20);
    await compact();
    const outcomes = [...first, ...more];
    for (const [at, outcome] of outcomes.entries()) {
      const again = await send(at, { receivedMs: NOW + 9 * HOUR_MS });
      expect(again).toEqual({ ...outcome, how: "repeated" });
    }
    expect(await all()).toHaveLength(21);
    expect(await loose()).toEqual([]);
  });

  test("a batch stands together from the start, and is acknowledged when it is sent again", async () => {
    const run = await recordRun("s", 4 * WORTH_A_CHUNK);
    const half = 2 * WORTH_A_CHUNK;
    const sent = await submitLines(run, run.lines.slice(0, half));
    expect(sent).toMatchObject({ accepted: half, results: [] });
    expect(await loose()).toEqual([]);
    // The end of the first, and the rest: too little to stand together, and much.
    const again = await submitLines(run, run.lines.slice(half - 3, half + 5));
    expect(again).toMatchObject({ accepted: 5, nextSeq: half + 5 });
    expect(again.results.map(({ status }) => status)).toEqual(Array(3).fill("duplicate"));
    const rest = await submitLines(run, run.lines.slice(half + 5));
    expect(rest).toMatchObject({ accepted: run.lines.length - half - 5, results: [] });
    expect(await loose()).toEqual([5]);
    const before = await all();
    expect(before.map(({ line }) => line)).toEqual(run.lines);
    expect(rest.head.root).toBe(rootOver(before));
    // Rows between two chunks are moved, and a second time there is nothing to move.
    expect(await compact(0)).toBe(0);
    expect(await compact()).toBe(5);
    expect(await all()).toEqual(before);
    const forged = run.lines[7]?.replace('"status":"ok"', '"status":"failed"') ?? "";
    const fork = await submitLines(run, [forged]);
    expect(fork.results.map(({ status }) => status)).toEqual(["fork"]);
  });

  test("a session is judged on from a chunk as from rows, by whoever opens it", async () => {
    const run = await recordRun("s", 5 * WORTH_A_CHUNK);
    const [first, second] = [run.lines.slice(0, 100), run.lines.slice(100)];
    await submitLines(run, first);
    await compact();
    subject = await subject.reopen();
    const { standings } = await submitLines(run, second);
    const other = await open();
    const whole = (await other.store.submit({
      kind: "records",
      asksStandings: true,
      tenant: 1,
      receivedMs: NOW,
      sessionId: "s",
      runId: run.runId,
      lines: run.lines,
    })) as RecordsOutcome;
    await other.dispose();
    expect(standings).toEqual(whole.standings?.slice(100));
  });

  test("another node goes on where a batch of this one ended", async () => {
    const node = subject.peer ?? subject.store;
    const run = await recordRun("s", 3 * WORTH_A_CHUNK);
    await submitLines(run, run.lines.slice(0, 40));
    const later = await node.submit(event(1));
    expect(later).toMatchObject({ kind: "event", index: 41 });
    const rest = await submitLines(run, run.lines.slice(40));
    expect(rest).toMatchObject({ accepted: run.lines.length - 40, results: [] });
    expect(rest.head.root).toBe(rootOver(await all()));
  });

  test("what retention deletes of chunks and rows leaves tombstones in chunks", async () => {
    const run = await recordRun("s", 3 * WORTH_A_CHUNK);
    await submitLines(run, run.lines);
    await sendAll(0, 5);
    const before = await all();
    const { store } = subject;
    const expire = (idleSinceMs: number) =>
      store.administer({ kind: "expire", tenant: 1, idleSinceMs });
    expect(await expire(NOW + HOUR_MS)).toEqual({ kind: "done", value: 1 });
    expect(await expire(NOW + HOUR_MS)).toEqual({ kind: "done", value: 0 });
    expect(await loose()).toEqual([]);
    const after = await all();
    expect(after.map(({ leaf }) => leaf)).toEqual(before.map(({ leaf }) => leaf));
    const kept = after.filter(({ line }) => !line.startsWith('{"tombstone":'));
    expect(kept.map(({ line }) => JSON.parse(line).payload.type)).toEqual(["open", "open"]);
    // Of a line that was deleted nobody can say whether it is the same; an event is a new one.
    const lines = await submitLines(run, run.lines.slice(0, 9));
    expect(lines.results.map(({ status }) => status)).toEqual(Array(9).fill("duplicate"));
    expect(await send(0, { receivedMs: NOW + 2 * HOUR_MS })).toMatchObject({
      how: expect.stringMatching(/appended|new_segment/),
      index: before.length,
    });
    expect(await expire(NOW + 3 * HOUR_MS)).toEqual({ kind: "done", value: 1 });
    expect((await all()).filter(({ line }) => !line.startsWith('{"tombstone":'))).toHaveLength(2);
  });

  test("retention looks again where the clock was ahead and was set back", async () => {
    const { store } = subject;
    const expire = (idleSinceMs: number) =>
      store.administer({ kind: "expire", tenant: 1, idleSinceMs });
    await store.administer({
      kind: "create_tenant",
      ulid: "01ARZ3NDEKTSV4RRFFQ69G5FAV",
      tenantKind: "account",
      plan: "free",
      createdMs: NOW,
    });
    expect(await expire(NOW + 99 * HOUR_MS)).toEqual({ kind: "done", value: 0 });
    await sendAll(0, 3);
    expect(await expire(NOW)).toEqual({ kind: "done", value: 0 });
    expect(await expire(NOW + HOUR_MS)).toEqual({ kind: "done", value: 1 });
  });

  test("nothing is left of a deleted session", async () => {
    const run = await recordRun("s", 3 * WORTH_A_CHUNK);
    await submitLines(run, run.lines);
    await subject.store.administer({ kind: "delete_session", tenant: 1, sessionId: "s" });
    expect(await all()).toEqual([]);
    expect(await loose()).toEqual([]);
    expect(await compact()).toBe(0);
    expect(failures).toEqual([]);
  });
}
