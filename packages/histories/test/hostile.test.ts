/** Histories that are damaged, foreign or meant to harm: told and skipped, nothing crashes. */
import {
  closeSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { newReading, readAll } from "./read-all.ts";
import { zipOf } from "./zip-of.ts";

const FIXTURES = join(import.meta.dirname, "fixtures");
const LOOPED = "claude-code/2.1.328/73666169-64ae-41f9-a9b9-604a74679a34.jsonl";
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "caum-hostile-"));
});

afterEach(() => rmSync(folder, { recursive: true }));

const FILES = readdirSync(FIXTURES, { recursive: true, encoding: "utf8" }).filter(
  (name) =>
    /\.(?:jsonl|json|db|csv|traj|eval)$/.test(name) &&
    !/\.meta\.json$|_t5v5y\.json$|base_state/.test(name) &&
    // One conversation of OpenHands is a file for each event: one of them will do.
    !/event-000(?!03)/.test(name),
);

function copy(name: string): string {
  const path = join(folder, basename(name));
  cpSync(join(FIXTURES, name), path);
  return path;
}

async function callsOf(...paths: readonly string[]): Promise<number> {
  const sessions = await readAll(paths);
  return sessions.reduce((sum, { calls }) => sum + calls.length, 0);
}

describe.each(FILES)("%s", (name) => {
  test("cut off anywhere, it is read up to there", async () => {
    const path = copy(name);
    const { length } = readFileSync(path);
    const whole = await callsOf(path);
    for (const share of [0.9, 0.5, 0.1, 0.01]) {
      truncateSync(path, Math.floor(length * share));
      expect(await callsOf(path)).toBeLessThanOrEqual(whole);
    }
  });

  test("with bytes of something else in it, the rest is read", async () => {
    const path = copy(name);
    const bytes = readFileSync(path);
    for (let at = 500; at < bytes.length; at += 4_999) bytes[at] = at % 256;
    writeFileSync(path, bytes);
    await expect(readAll([path])).resolves.toBeDefined();
  });
});

const line = (more: object) =>
  `${JSON.stringify({ isSidechain: false, sessionId: "s", uuid: "u", timestamp: "2026-11-28T10:00:00Z", ...more })}\n`;

test("members of any type in any place are no failure of the whole file", async () => {
  const path = copy(LOOPED);
  const odd = [
    null,
    7,
    "x",
    [],
    {},
    [null],
    [7],
    { content: 7 },
    { content: [{ type: "tool_use" }] },
  ];
  const strange = odd.flatMap((value) =>
    ["assistant", "user"].map((type) =>
      line({ type, message: value, timestamp: value, parentUuid: value }),
    ),
  );
  writeFileSync(path, `${strange.join("")}${readFileSync(path, "utf8")}`);
  expect(await callsOf(path)).toBeGreaterThanOrEqual(6);
});

test("JSON that is nested a hundred thousand deep is read past", async () => {
  const path = copy(LOOPED);
  const deep = `${"[".repeat(100_000)}${"]".repeat(100_000)}`;
  const hostile = line({ type: "user", message: { content: "DEEP" } }).replace('"DEEP"', deep);
  writeFileSync(path, `${hostile}${readFileSync(path, "utf8")}`);
  expect(await callsOf(path)).toBe(6);
});

test("a line of 200 MB is counted and skipped, in bounded memory", async () => {
  const path = copy(LOOPED);
  const rest = readFileSync(path);
  const file = openSync(path, "w");
  writeSync(file, '{"isSidechain":false,"sessionId":"s","type":"user","message":{"content":"');
  const part = Buffer.alloc(1_048_576, "x");
  for (let written = 0; written < 200; written += 1) writeSync(file, part);
  writeSync(file, '"}}\n');
  writeSync(file, rest);
  closeSync(file);
  const reading = newReading();
  const before = process.memoryUsage.rss();
  const [session] = await readAll([path], reading);
  expect(session?.calls).toHaveLength(6);
  expect(reading.notes.tooLong).toBe(1);
  expect(process.memoryUsage.rss() - before).toBeLessThan(100 * 1_048_576);
});

test("links are not followed, wherever they lead", async () => {
  const outside = join(folder, "outside");
  const inside = join(folder, "inside");
  mkdirSync(outside);
  mkdirSync(inside);
  cpSync(join(FIXTURES, LOOPED), join(outside, "a.jsonl"));
  symlinkSync(join(outside, "a.jsonl"), join(inside, "a.jsonl"));
  symlinkSync(outside, join(inside, "folder"));
  symlinkSync(inside, join(inside, "circle"));
  const reading = newReading();
  expect(await readAll([inside], reading)).toEqual([]);
  expect(reading.notes.links).toBe(3);
});

test("foreign files below a folder are passed by, and told where they are named", async () => {
  writeFileSync(join(folder, "package.json"), '{"name": "x"}');
  writeFileSync(join(folder, "data.db"), "SQLite format 3\0 but no more than that");
  writeFileSync(join(folder, "log.jsonl"), '{"level":30,"msg":"hello"}\n');
  const reading = newReading();
  expect(await readAll([folder], reading)).toEqual([]);
  expect(reading.notes.problems).toEqual([
    { path: join(folder, "data.db"), problem: "a SQLite database that is damaged, or in use" },
  ]);
  const named = newReading();
  await readAll([join(folder, "log.jsonl")], named);
  expect(named.notes.problems).toEqual([
    { path: join(folder, "log.jsonl"), problem: "JSON, of no client that is known here" },
  ]);
});

test("kinds that nobody knows are counted by name, unless the name could be content", async () => {
  const path = copy(LOOPED);
  const lines = [
    line({ type: "brand-new-kind" }),
    line({ type: "brand-new-kind" }),
    line({ type: "a name\nthat says <something>" }),
  ];
  writeFileSync(path, `${readFileSync(path, "utf8")}${lines.join("")}`);
  const reading = newReading();
  await readAll([path], reading);
  expect([...reading.notes.unknown]).toEqual([
    ["claude-code: brand-new-kind", 2],
    ["claude-code: (no name)", 1],
  ]);
});

test("one id for several calls, as some servers give it, is several calls", async () => {
  const path = join(folder, "00000000-0000-4000-8000-000000000001.jsonl");
  const lines = Array.from({ length: 5 }, (_, at) => {
    const timestamp = new Date(Date.parse("2026-11-28T10:00:00Z") + at * 1_000).toISOString();
    const content = [{ type: "tool_use", id: "call_0", name: "Read", input: { at } }];
    const result = [{ type: "tool_result", tool_use_id: "call_0", content: "ok" }];
    return (
      line({ type: "assistant", timestamp, message: { id: `m${at}`, content } }) +
      line({ type: "user", timestamp, message: { content: result } })
    );
  });
  writeFileSync(path, lines.join(""));
  expect(await callsOf(path)).toBe(5);
});

test("an archive that unpacks to far more than it is, or leads elsewhere, is counted and skipped", async () => {
  const path = join(folder, "bomb.eval");
  const sample = { uuid: "s1", events: [{ event: "tool", id: "c1", function: "bash" }] };
  writeFileSync(
    path,
    zipOf({
      "header.json": "{}",
      "samples/1_epoch_1.json": Buffer.alloc(200 * 1_048_576, " "),
      "samples/../../2.json": JSON.stringify({ ...sample, uuid: "s2" }),
      "samples/3_epoch_1.json": JSON.stringify(sample),
    }),
  );
  const reading = newReading();
  const before = process.memoryUsage.rss();
  const sessions = await readAll([path], reading);
  expect(sessions.map(({ calls }) => calls.length)).toEqual([1]);
  expect(reading.notes.damaged).toBe(1);
  expect(process.memoryUsage.rss() - before).toBeLessThan(250 * 1_048_576);
});

test("an export whose rows hold each other in a circle, or are of any type, is read past", async () => {
  const run = (id: string, parent: string) => ({
    id,
    parent_run_id: parent,
    run_type: id === "a" ? "tool" : "llm",
    trace_id: "t",
    name: 7,
    inputs: [null],
    child_runs: [null, 7, { id: "c" }],
  });
  const path = join(folder, "circle.json");
  writeFileSync(path, JSON.stringify({ runs: [run("a", "b"), run("b", "a"), null, 7, [], "x"] }));
  expect(await callsOf(path)).toBe(1);
});

test("a table that is no table any more is read up to there", async () => {
  const path = join(folder, "observations.csv");
  const name = FILES.find((one) => one.endsWith("observations.csv")) ?? "";
  const text = readFileSync(join(FIXTURES, name), "utf8");
  writeFileSync(path, `${text}x,y"z,\n${text}`);
  expect(await callsOf(path)).toBe(9);
});
