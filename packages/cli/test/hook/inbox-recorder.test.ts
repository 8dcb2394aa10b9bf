/** What a recorder makes of an inbox in which something is wrong, or which outlives its sessions. */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir, uptime } from "node:os";
import { join } from "node:path";
import { createObserver, type Observer } from "@caum/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { readHookTallies } from "../../src/hook/inbox/hook-log.ts";
import { InboxRecorder } from "../../src/hook/recorder/inbox-recorder.ts";
import { runHook } from "../../src/hook/run-hook.ts";

const START = Date.parse("2026-11-28T12:00:00Z");

let home: string;
let now: number;
let recorder: InboxRecorder;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-recorder-"));
  now = START;
  recorder = newRecorder();
});

afterEach(async () => {
  await recorder.close();
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
});

function newRecorder(): InboxRecorder {
  let time = now;
  let observer: Observer | undefined;
  const observe = () =>
    createObserver({
      home,
      writer: "caum-hook",
      writerVersion: "0.0.0",
      layer: "hook",
      view: "full",
      clock: () => time,
    });
  return new InboxRecorder({
    home,
    teller: undefined,
    observerOf: () => (observer ??= observe()),
    setTime: (then) => {
      time = then;
    },
  });
}

function hook(name: string, fields: object = {}, env: Readonly<Record<string, string>> = {}): void {
  now += 1_000;
  const event = { session_id: "one", hook_event_name: name, ...fields };
  runHook(JSON.stringify(event), {
    home,
    env,
    registered: { client: "claude-code" },
    messages: false,
    recorder: undefined,
    clock: () => now,
  });
}

function call(id: string): void {
  const fields = { tool_name: "Bash", tool_input: { command: `ls ${id}` }, tool_use_id: id };
  hook("PreToolUse", fields);
  hook("PostToolUse", { ...fields, tool_response: "x" });
}

/** `open`, `end`, `close` and statuses of each run, in the order of the runs. */
function runs(): readonly string[] {
  if (!existsSync(join(home, "runs"))) return [];
  const all = readdirSync(join(home, "runs")).map((run) =>
    readFileSync(join(home, "runs", run, "records.ndjson"), "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line)),
  );
  const word = ({ payload }: { readonly payload: Readonly<Record<string, string>> }) =>
    payload.type ?? payload.kind ?? payload.status;
  return all
    .sort(([a], [b]) => Date.parse(a.sourceTimestamp) - Date.parse(b.sourceTimestamp))
    .map((records) => records.map(word).join(" "));
}

test("a session that is resumed while the recorder lives is one run until it ends again", async () => {
  call("t1");
  hook("Stop");
  hook("SessionEnd");
  await recorder.drain();
  for (const id of ["t2", "t3"]) {
    hook("UserPromptSubmit", { prompt: "on" });
    call(id);
    hook("Stop");
    await recorder.drain();
  }
  hook("SessionEnd");
  await recorder.drain();
  expect(runs()).toEqual(["open ok end close", "open message ok message ok end close"]);
  expect(readdirSync(join(home, "inbox"))).toEqual([]);
});

test("a sub-agent that works on after the end of its session leaves a closed run", async () => {
  call("t1");
  hook("SessionEnd");
  await recorder.drain();
  const late = {
    agent_id: "sub",
    tool_name: "Bash",
    tool_input: { command: "ls" },
    tool_use_id: "t2",
  };
  hook("PreToolUse", late);
  hook("PostToolUse", { ...late, tool_response: "x" });
  hook("SubagentStop", { agent_id: "sub" });
  await recorder.drain();
  expect(runs()).toEqual(["open ok end close", "open ok close"]);
});

test.each([
  ["no JSON", "{"],
  ["nothing said", '{"client": "claude-code", "event": "Stop", "time": 1, "saying": null}'],
  [
    "a call that is none",
    '{"client": "claude-code", "event": "PostToolUse", "time": 1, "saying": {"kind": "end"}}',
  ],
  [
    "answers that are no list",
    '{"client": "codex", "event": "X", "time": 1, "saying": {"kind": "answers", "left": 3}}',
  ],
])("an entry with %s is passed over, and what comes after it is recorded", async (_name, text) => {
  call("t1");
  const folder = join(home, "inbox", readdirSync(join(home, "inbox"))[0] ?? "");
  writeFileSync(join(folder, `${"0".repeat(20)}-1.json`), text);
  await recorder.drain();
  expect(readdirSync(folder)).toEqual(["worked"]);
  call("t2");
  await recorder.drain();
  await recorder.close();
  expect(runs()).toEqual(["open ok drop ok close"]);
});

test("an entry that is damaged is counted, whether its client is known or not", async () => {
  const folder = join(home, "inbox", sessionOf(call));
  const damage = (name: string) => writeFileSync(join(folder, `${name}.json`), "{");
  for (const name of readdirSync(folder)) rmSync(join(folder, name));
  damage("1");
  damage("2");
  await recorder.drain();
  expect(readHookTallies(home).unknown?.unread).toBe(2);
  expect(runs()).toEqual([]);
  call("t2");
  damage("9");
  await recorder.drain();
  expect(readHookTallies(home)["claude-code"]?.unread).toBe(1);
  await recorder.close();
  expect(runs()).toEqual(["open ok drop close"]);
  const [run = ""] = readdirSync(join(home, "runs"));
  const records = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
  expect(records).toContain('"count":3,"reason":"unreadable"');
});

test("what was left before the machine was started again comes first", async () => {
  const folder = join(home, "inbox", sessionOf(call));
  const before = Date.now() / 1_000 - uptime() - 3_600;
  // The clock of the boot before had gone on for long.
  for (const [index, name] of readdirSync(folder).sort().entries()) {
    const path = join(folder, `${"9".repeat(19)}${9 - index}-1.json`);
    renameSync(join(folder, name), path);
    utimesSync(path, before + index, before + index);
  }
  hook("Stop");
  hook("SessionEnd");
  await recorder.drain();
  expect(runs()).toEqual(["open ok end close"]);
});

/** The folder of the session in which something was done just now. */
function sessionOf(work: (id: string) => void): string {
  work("t1");
  return readdirSync(join(home, "inbox"))[0] ?? "";
}

test("an entry that cannot be removed is recorded once and stops nobody", async () => {
  call("t1");
  const folder = join(home, "inbox", readdirSync(join(home, "inbox"))[0] ?? "");
  mkdirSync(join(folder, "00-1.json", "inside"), { recursive: true });
  for (let look = 0; look < 3; look += 1) await recorder.drain();
  call("t2");
  await recorder.drain();
  await recorder.close();
  expect(runs()).toEqual(["open ok drop ok close"]);
});

test("a file that a hook is still writing outlives the end of its session", async () => {
  call("t1");
  hook("SessionEnd");
  const folder = join(home, "inbox", readdirSync(join(home, "inbox"))[0] ?? "");
  writeFileSync(join(folder, "1-1.part"), "");
  await recorder.drain();
  expect(readdirSync(folder)).toEqual(["1-1.part"]);
});

test("events with names of what every object has are counted as others are", async () => {
  for (const name of ["constructor", "toString", "constructor"]) hook(name);
  await recorder.drain();
  expect(readHookTallies(home)["claude-code"]?.notUnderstood).toEqual({
    constructor: 2,
    toString: 1,
  });
});

test("without its key a hook leaves nothing, because each event would be a session of its own", () => {
  hook(
    "PreToolUse",
    { tool_name: "Bash", tool_use_id: "t1" },
    { CAUM_DIGEST_KEY: "file:/nowhere" },
  );
  expect(existsSync(join(home, "inbox"))).toBe(false);
});
