import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import zlib from "node:zlib";
import { describe, expect, test, vi } from "vitest";
import { SourceFolder } from "../../src/migrate/source-folder.ts";
import { Compaction } from "../../src/operation/compaction.ts";
import { recordsBetween } from "../../src/store/program/records/stored-records.ts";
import { GroupWriter } from "../../src/store/sqlite/group-writer.ts";
import { openSqliteStore } from "../../src/store/sqlite/sqlite-store.ts";
import { recordRun } from "../native-lines.ts";
import { burialContract } from "../store-contract-burial.ts";
import { chunkContract } from "../store-contract-chunks.ts";
import { openSqlite } from "./open-sqlite.ts";
import { eventOf } from "./tenant-events.ts";
import { undoChunks } from "./undo-loops.ts";

describe("SQLite", () => {
  chunkContract(openSqlite);
  burialContract(openSqlite);
});

test("the records of a folder of the layout before are moved, and are the same", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-before-"));
  const store = await openSqliteStore(folder);
  for (let at = 0; at < 40; at++) await store.submit(eventOf(1, "s"));
  const before = await store.reader.records(1, "s", 0, 99);
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  for (const sql of undoChunks(18)) database.exec(sql);
  database.close();
  const later = await openSqliteStore(folder);
  expect(await later.reader.records(1, "s", 0, 99)).toEqual(before);
  const clock = () => Date.now() + 3_600_000;
  const compaction = new Compaction({
    store: later,
    clock,
    onFailure: (failure) => {
      throw failure;
    },
  });
  expect(await compaction.round()).toBe(41);
  expect(await later.reader.records(1, "s", 0, 99)).toEqual(before);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});

test("sessions with rows are found by looks into an index", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-loose-"));
  await (await openSqliteStore(folder)).close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  const plan = database
    .prepare("explain query plan select min(session) from records where session > ?")
    .all(1);
  expect(plan.map(({ detail }) => String(detail)).join("\n")).toMatch(
    /SEARCH records USING COVERING INDEX records_by_place/,
  );
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

test("lines that are sent again cost a look into their chunk, not one each", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-again-"));
  const writer = new GroupWriter(join(folder, "caum.db"));
  const { runId, lines } = await recordRun("s", 300);
  const intake = { kind: "records", tenant: 1, receivedMs: Date.now(), sessionId: "s" } as const;
  const send = () => writer.commit([{ id: 1, intake: { ...intake, runId, lines } }])[0]?.answer;
  expect(send()).toMatchObject({ accepted: lines.length });
  const read = vi.spyOn(zlib, "zstdDecompressSync");
  expect(send()).toMatchObject({ accepted: 0 });
  expect(read.mock.calls.length).toBeGreaterThan(0);
  expect(read.mock.calls.length).toBeLessThan(8);
  vi.restoreAllMocks();
  writer.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a Node that cannot read the records of a newer one says so, and leaves them as they are", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-newer-"));
  const run = await recordRun("s", 100);
  const intake = { kind: "records", tenant: 1, receivedMs: Date.now(), sessionId: "s" } as const;
  const store = await openSqliteStore(folder);
  await store.submit({ ...intake, ...run });
  await store.close();
  const { zstdCompressSync, zstdDecompressSync } = zlib;
  try {
    Object.assign(zlib, { zstdCompressSync: undefined, zstdDecompressSync: undefined });
    await expect(openSqliteStore(folder)).rejects.toThrow(
      "the data folder has records that only Node 22.15 or later reads: start it with that",
    );
    expect(() => new SourceFolder(folder)).toThrow("Node 22.15 or later");
  } finally {
    Object.assign(zlib, { zstdCompressSync, zstdDecompressSync });
  }
  const later = await openSqliteStore(folder);
  const lines = (await later.reader.records(1, "s", 0, 999)).map(({ line }) => line);
  expect(lines).toEqual(run.lines);
  await later.close();
  rmSync(folder, { recursive: true, force: true });
});

test("a session that is deleted between two looks at its records has none, and not some", () => {
  const looks = recordsBetween({ by: "tag", tenant: 1, session: "t" }, 250, 300);
  looks.next(0);
  const row = { position: 256, leaf: Buffer.alloc(32), line: "{}", received_ms: 1, standing: null };
  expect(looks.next([row]).done).toBe(false);
  expect(looks.next([])).toEqual({ done: true, value: [] });
});

test("the ids of what is buried are swept in steps, and no others", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-sweep-"));
  const store = await openSqliteStore(folder);
  const many = 12_000;
  const claimOf = (at: number) => ({ eventId: randomUUID(), body: `${at}` });
  const events = Array.from({ length: many }, (_, at) => {
    const id = at % 3 === 0 ? "young" : "old";
    const receivedMs = id === "old" ? 1_000 : 9_000;
    return store.submit(eventOf(1, id, { claim: claimOf(at), receivedMs }));
  });
  await Promise.all(events);
  const expire = () => store.administer({ kind: "expire", tenant: 1, idleSinceMs: 5_000 });
  let calls = 0;
  for (let isOver = false; !isOver; calls += 1) {
    const answer = await expire();
    isOver = answer.kind !== "done" || answer.value === 0;
  }
  await store.close();
  const database = new DatabaseSync(join(folder, "caum.db"));
  const left = database
    .prepare("select count(*) as ids, count(distinct session) as sessions from event_ids")
    .get();
  expect(left).toEqual({ ids: many / 3, sessions: 1 });
  database.close();
  expect(calls).toBeGreaterThan(5);
  rmSync(folder, { recursive: true, force: true });
});

test("ids that the last process had not swept are swept by the next one", async () => {
  const folder = mkdtempSync(join(tmpdir(), "caum-sweep-"));
  const expire = { kind: "expire", tenant: 1, idleSinceMs: 5_000 } as const;
  const first = await openSqliteStore(folder);
  const claim = { eventId: randomUUID(), body: "one" };
  await first.submit(eventOf(1, "old", { claim, receivedMs: 1_000 }));
  expect(await first.administer(expire)).toEqual({ kind: "done", value: 1 });
  await first.close();
  const count = () => {
    const database = new DatabaseSync(join(folder, "caum.db"));
    const row = database.prepare("select count(*) as ids from event_ids").get();
    database.close();
    return row?.ids;
  };
  expect(count()).toBe(1);
  const second = await openSqliteStore(folder);
  expect(await second.administer(expire)).toEqual({ kind: "done", value: 0 });
  await second.close();
  expect(count()).toBe(0);
  rmSync(folder, { recursive: true, force: true });
});
