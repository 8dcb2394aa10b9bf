import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readNote, UpstreamNotes } from "../../../src/report/status/upstream-notes.ts";

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "caum-notes-"));
});

afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const COLLECTOR = { url: "http://collector.example/", protocol: "runs" };

test("what was noted before stays, and what was dropped is added up, over processes as well", async () => {
  const first = new UpstreamNotes(root);
  first.note(COLLECTOR);
  first.note({ dropped: 3 });
  await first.flush();
  first.note({ dropped: 4 });
  await first.flush();
  const second = new UpstreamNotes(root);
  second.note({ lastError: { at: "now", code: "unreachable", message: "no answer" } });
  second.note({ dropped: 5 });
  await second.flush();
  expect(readNote(root)).toMatchObject({ ...COLLECTOR, dropped: 12, lastError: { at: "now" } });
  expect(readdirSync(root)).toEqual(["status.json"]);
});

test("damage is added up as well, and a note of an older version counts none", async () => {
  writeFileSync(join(root, "status.json"), JSON.stringify({ ...COLLECTOR, dropped: 1 }));
  expect(readNote(root)).toEqual({ ...COLLECTOR, dropped: 1, damaged: 0, lost: 0 });
  for (const change of [{ damaged: 2 }, { lost: 3 }, { damaged: 1, lost: 1 }]) {
    const notes = new UpstreamNotes(root);
    notes.note(change);
    await notes.flush();
  }
  expect(readNote(root)).toEqual({ ...COLLECTOR, dropped: 1, damaged: 3, lost: 4 });
});

test.each([0, 1, 2, 5])(
  "an end of the process %i turns into a note counts it once",
  async (turns) => {
    const notes = new UpstreamNotes(root);
    notes.note({ ...COLLECTOR, dropped: 2 });
    await notes.flush();
    notes.note({ dropped: 7 });
    for (let turn = 0; turn < turns; turn++) await new Promise((resolve) => setImmediate(resolve));
    notes.flushNow();
    expect(readNote(root)).toMatchObject({ ...COLLECTOR, dropped: 9 });
  },
);

test("a place that takes no note is no failure", async () => {
  writeFileSync(join(root, "file"), "");
  const notes = new UpstreamNotes(join(root, "file", "below"));
  notes.note(COLLECTOR);
  notes.flushNow();
  await notes.flush();
  expect(readNote(join(root, "file", "below"))).toBeUndefined();
});
