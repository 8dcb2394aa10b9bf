/** Ids of events on their way from the list to their table. */
import { randomUUID } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { afterEach, beforeEach, expect, test } from "vitest";
import { SourceFolder } from "../../src/migrate/source-folder.ts";
import { KnownEvents, NEW_EVENT_IDS } from "../../src/store/sqlite/ingest/known-events.ts";
import { migrate } from "../../src/store/sqlite/migrations.ts";

/** More than are kept beside the table, while as many more are on their way. */
const MANY = 40_000;
const GROUP = 500;

let folder: string;
let database: DatabaseSync;
let events: KnownEvents;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-ids-"));
  open();
});

afterEach(() => {
  database.close();
  rmSync(folder, { recursive: true, force: true });
});

function open(): void {
  database = new DatabaseSync(join(folder, "caum.db"));
  // Nothing here is about power that fails.
  database.exec("pragma journal_mode = wal; pragma synchronous = off");
  migrate(database);
  events = new KnownEvents(database);
}

function commit(work: () => void): void {
  database.exec("begin immediate");
  work();
  events.write();
  database.exec("commit");
}

function nameMany(ids: readonly string[], from = 0): void {
  for (let at = 0; at < ids.length; at += GROUP) {
    commit(() => {
      for (const [more, id] of ids.slice(at, at + GROUP).entries()) {
        events.name(1, id, { session: 7, index: from + at + more, body: `body ${at + more}` });
      }
    });
  }
}

function count(table: string): number {
  return Number(database.prepare(`select count(*) as count from ${table}`).get()?.count);
}

function listed(): number {
  return database.prepare(NEW_EVENT_IDS).all().length;
}

test("ids are found wherever they are, and most of them are in the table in the end", () => {
  const ids = Array.from({ length: MANY }, () => randomUUID());
  nameMany(ids);
  for (const [index, id] of ids.entries()) {
    expect(events.find(1, id)).toEqual({ session: 7, index, body: `body ${index}` });
  }
  expect(events.find(2, ids[0] ?? "")).toBeUndefined();
  expect(events.find(1, randomUUID())).toBeUndefined();
  expect(count("event_ids")).toBeGreaterThan(MANY / 4);
  expect(listed()).toBeLessThan(MANY);
});

test("a folder that was closed by force has every id once", () => {
  const ids = Array.from({ length: 20_000 }, () => randomUUID());
  nameMany(ids);
  // Some are in both places: they were on their way.
  expect(count("event_ids") + listed()).toBeGreaterThan(ids.length);
  database.close();
  open();
  for (const [index, id] of ids.entries()) expect(events.find(1, id)?.index).toBe(index);
  const rows = database
    .prepare(`select * from event_ids union ${NEW_EVENT_IDS} order by position`)
    .all();
  expect(rows.map(({ position }) => position)).toEqual(ids.map((_, index) => index));
  commit(() => events.settle());
  expect([count("event_ids"), count("new_event_ids")]).toEqual([ids.length, 0]);
  for (const [index, id] of ids.entries()) expect(events.find(1, id)?.index).toBe(index);
});

test("what a group named that failed is not known, and what was before it is", () => {
  const ids = Array.from({ length: 17_000 }, () => randomUUID());
  nameMany(ids);
  const lost = randomUUID();
  database.exec("begin immediate");
  events.name(1, lost, { session: 7, index: ids.length });
  events.write();
  events.forget();
  database.exec("rollback");
  expect(events.find(1, lost)).toBeUndefined();
  for (const [index, id] of ids.entries()) expect(events.find(1, id)?.index).toBe(index);
  nameMany([lost], ids.length);
  expect(events.find(1, lost)?.index).toBe(ids.length);
});

test("after it was settled, what is deleted from the table is known nowhere", () => {
  const [kept, deleted] = [randomUUID(), randomUUID()];
  commit(() => {
    events.name(1, kept, { session: 1, index: 0 });
    events.name(1, deleted, { session: 2, index: 0 });
    events.settle();
    database.exec("delete from event_ids where session = 2");
    expect(events.find(1, deleted)).toBeUndefined();
  });
  expect(events.find(1, kept)).toEqual({ session: 1, index: 0 });
  expect(count("new_event_ids")).toBe(0);
  expect(count("event_ids")).toBe(1);
});

test("a folder that was closed by force is moved with all its ids, each once", () => {
  const ids = Array.from({ length: 17_000 }, () => randomUUID());
  nameMany(ids);
  database.close();
  const source = new SourceFolder(folder);
  expect(source.count("event_ids")).toBe(ids.length);
  const rows = [...source.rows("event_ids")];
  const hex = (id: unknown) => Buffer.from(id as Uint8Array).toString("hex");
  expect(rows.map(({ id }) => hex(id)).toSorted()).toEqual(
    ids.map((id) => id.replaceAll("-", "")).toSorted(),
  );
  expect([...source.ofSession("event_ids", 7)]).toHaveLength(ids.length);
  source.close();
  open();
});
