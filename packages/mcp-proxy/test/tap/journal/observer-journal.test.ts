import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { recordsIn, toolCallsIn } from "../../../../../test/records.ts";
import { noteBlind } from "../../../src/command/blind-note.ts";
import { ObserverJournal } from "../../../src/tap/journal/observer-journal.ts";
import { Observers } from "../../../src/tap/journal/observers.ts";

let home: string;
let observers: Observers;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-journal-"));
  observers = new Observers({ home, version: "1", hashNames: false, say: () => {} });
});
afterEach(() => rmSync(home, { recursive: true, force: true }));

async function recorded(...journals: readonly ObserverJournal[]) {
  for (const journal of journals) await journal.close();
  await observers.close(0);
  return recordsIn(home);
}

test("of a value that is too long to be parsed the beginning and the length are digested", async () => {
  const journal = new ObserverJournal(observers, () => "s");
  const cut = { head: Buffer.from('{"a":1'), byteLength: 90_000 };
  const call = { kind: "tool", tool: "t", status: "ok" } as const;
  journal.observe({ ...call, cutArguments: cut }, 1);
  journal.observe({ ...call, cutResult: cut }, 2);
  journal.observe({ ...call, cutArguments: { ...cut, byteLength: 90_001 }, cutResult: cut }, 3);
  journal.observe(call, 4);
  const shapes = toolCallsIn(await recorded(journal)).map((payload) => [
    payload.argumentsBytes,
    payload.resultBytes,
  ]);
  expect(shapes).toEqual([
    [90_000, undefined],
    [undefined, 90_000],
    [90_001, 90_000],
    [undefined, undefined],
  ]);
});

test("a session is the client's own where it tells its id with a call", async () => {
  const journal = new ObserverJournal(observers, (_time, told) => told ?? "ours");
  const call = { kind: "tool", tool: "t", status: "ok" } as const;
  journal.observe({ ...call, clientSession: "theirs" }, 1);
  journal.observe(call, 2);
  const records = (await recorded(journal)).filter(({ category }) => category === "tool_api");
  expect(records.map(({ sessionId }) => sessionId).toSorted()).toEqual(["ours", "theirs"]);
});

test("what was dropped is declared by reason, in the run", async () => {
  const journal = new ObserverJournal(observers, () => "s");
  journal.observe({ kind: "tool", tool: "t", status: "ok" }, 1);
  journal.dropped(2, "overflow");
  journal.dropped(3, "overflow");
  journal.dropped(1, "unreadable");
  journal.interrupt();
  const drops = (await recorded(journal)).flatMap(({ payload }) =>
    "type" in payload && payload.type === "drop" ? [`${payload.reason} ${payload.count}`] : [],
  );
  expect(drops).toEqual(["overflow 5", "unreadable 1"]);
});

test("what was missing before is said once, in the first session that is closed", async () => {
  noteBlind("uploader", home);
  const journals = ["one", "two"].map((id) => new ObserverJournal(observers, () => id));
  for (const journal of journals) journal.observe({ kind: "tool", tool: "t", status: "ok" }, 1);
  const blind = (await recorded(...journals)).filter(({ category }) => category === "environment");
  expect(blind).toMatchObject([
    { sessionId: "one", payload: { kind: "blind", subject: "uploader" } },
  ]);
});

test("each client has an observer that names it, and more than 64 kinds have one without a name", async () => {
  const named = (at: number) => observers.of({ clientName: `client ${at}`, clientVersion: "1" });
  const known = Array.from({ length: 64 }, (_, at) => named(at));
  expect(new Set(known).size).toBe(64);
  expect(named(0)).toBe(known[0]);
  expect(named(64)).toBe(named(65));
  expect(known).not.toContain(named(64));
  expect(named(64)).toBe(observers.of({}));
  await observers.close(0);
});
