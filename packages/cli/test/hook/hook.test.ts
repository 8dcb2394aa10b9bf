import { execFile, spawnSync } from "node:child_process";
import {
  existsSync,
  readdirSync,
  readFileSync,
  rmSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { RecorderLock } from "../../src/hook/inbox/recorder-lock.ts";
import { hookCommand } from "../../src/install/hooks/install-hooks.ts";
import { placeHook, placeLauncher } from "../../src/launcher/place-launcher.ts";
import { TemporaryHome } from "../install/temporary-home.ts";

const CANARY = "canary-9f3b";

let machine: TemporaryHome;
beforeEach(() => {
  machine = new TemporaryHome();
  placeLauncher(machine.place);
  placeHook(machine.place);
});
afterEach(() => {
  endRecorder();
  machine.remove();
});

/** What hooks left and nobody has recorded yet. */
function inboxFiles(): readonly string[] {
  if (!existsSync(own("inbox"))) return [];
  return readdirSync(own("inbox"), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".json"))
    .map((name) => own("inbox", name));
}

interface Outcome {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as it stands in the settings, run by a shell as Claude Code runs it. */
function hook(
  input: string,
  { messages = false, records = false, before = "" } = {},
): Promise<Outcome> {
  const command = hookCommand(machine.place, { messages });
  const line = records
    ? command
    : command.replace(" 2>/dev/null; exit 0", " --no-recorder 2>/dev/null; exit 0");
  return new Promise((resolve) => {
    const child = execFile(
      "/bin/sh",
      ["-c", before + line],
      { env: machine.env },
      (error, stdout, stderr) => {
        resolve({ code: error ? Number(error.code) : 0, stdout, stderr });
      },
    );
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(input);
  });
}

const NOTHING = { code: 0, stdout: "", stderr: "" };

function event(name: string, fields: object = {}): string {
  return JSON.stringify({
    session_id: "5b2c-1",
    transcript_path: `/home/${CANARY}`,
    cwd: `/home/${CANARY}`,
    hook_event_name: name,
    ...fields,
  });
}

function toolEvent(name: string, id: string, fields: object = {}): string {
  const call = {
    tool_name: "Bash",
    tool_input: { command: `cat ${CANARY} ${id}` },
    tool_use_id: id,
  };
  return event(name, { ...call, ...fields });
}

const own = (...path: string[]) => join(machine.caumHome, ...path);

function drain(): void {
  const done = spawnSync(process.execPath, [
    own("bin", "hook-recorder.cjs"),
    "--home",
    machine.caumHome,
    "--once",
  ]);
  expect(done.status).toBe(0);
}

interface Recorded {
  readonly category: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

function records(): readonly Recorded[] {
  if (!existsSync(own("runs"))) return [];
  return readdirSync(own("runs"))
    .flatMap((run) =>
      readFileSync(own("runs", run, "records.ndjson"), "utf8")
        .trim()
        .split("\n"),
    )
    .map((line) => JSON.parse(line));
}

function calls() {
  return records()
    .filter(({ category }) => category === "tool_api")
    .map(({ payload }) => payload);
}

/** The one that this test's hooks started. */
function endRecorder(): void {
  try {
    process.kill(
      Number.parseInt(readFileSync(own("inbox", "recorder.lock"), "utf8"), 10),
      "SIGKILL",
    );
  } catch {
    // None was started, or it is gone.
  }
}

test("what the agent does is recorded with outcomes and durations, and without content", async () => {
  await hook(event("UserPromptSubmit", { prompt: `please ${CANARY}` }));
  await hook(toolEvent("PreToolUse", "t1"));
  await hook(toolEvent("PostToolUse", "t1", { tool_response: { stdout: CANARY } }));
  await hook(toolEvent("PreToolUse", "t2"));
  await hook(toolEvent("PostToolUseFailure", "t2", { error: `no ${CANARY}` }));
  await hook(toolEvent("PreToolUse", "t3"));
  await hook(event("Stop"));
  await hook(event("SessionEnd", { reason: "exit" }));
  const left = inboxFiles().map((path) => readFileSync(path, "utf8"));
  expect(left).toHaveLength(8);
  for (const kept of [CANARY, "5b2c-1", '"t1"']) expect(left.join()).not.toContain(kept);
  drain();
  expect(readdirSync(own("inbox"))).toEqual([]);
  expect(JSON.stringify(records())).not.toContain(CANARY);
  expect(calls().map(({ toolName, op, status }) => [toolName, op, status])).toEqual([
    ["Bash", "read", "ok"],
    ["Bash", "read", "error"],
    ["Bash", "read", "unresolved"],
  ]);
  expect(calls()[0]!.durationMs).toBeGreaterThan(0);
  expect(records().map(({ payload }) => payload.type ?? payload.kind)).toEqual([
    "open",
    "message",
    undefined,
    undefined,
    undefined,
    "end",
    "close",
  ]);
});

test("hooks that run at the same time lose nothing", async () => {
  const ids = Array.from({ length: 24 }, (_, index) => `t${index}`);
  const outcomes = await Promise.all(
    ids.map((id) => hook(toolEvent("PostToolUse", id, { tool_response: "x" }), { records: true })),
  );
  expect(outcomes).toEqual(ids.map(() => NOTHING));
  await expect.poll(() => calls().length, { timeout: 10_000 }).toBe(ids.length);
  expect(new Set(calls().map(({ toolCallId }) => toolCallId)).size).toBe(ids.length);
  expect(readdirSync(own("runs"))).toHaveLength(1);
});

test("a recorder that died is replaced, and what was left meanwhile is recorded once", async () => {
  await hook(toolEvent("PostToolUse", "t1", { tool_response: "x" }), { records: true });
  await expect.poll(() => calls().length, { timeout: 10_000 }).toBe(1);
  await expect.poll(() => inboxFiles().length, { timeout: 10_000 }).toBe(0);
  endRecorder();
  await hook(toolEvent("PostToolUse", "t2", { tool_response: "x" }), { records: true });
  // A lock that nobody holds any more is taken after a while, by a recorder that a hook starts.
  const countAfterHook = async () => {
    await hook(event("Stop"), { records: true });
    return calls().length;
  };
  await expect.poll(countAfterHook, { timeout: 10_000, interval: 500 }).toBe(2);
});

test.each([
  ["no input", ""],
  ["no JSON", "{"],
  ["no object", "[]"],
  ["no session", '{"hook_event_name": "Stop"}'],
  ["an unknown event", '{"session_id": "a", "hook_event_name": "Notification"}'],
  [
    "odd fields",
    '{"session_id": "../../x\\u0000", "hook_event_name": "PreToolUse", "tool_name": 3, "tool_use_id": {}}',
  ],
])("%s is passed over with exit code 0", async (_name, input) => {
  expect(await hook(input)).toEqual(NOTHING);
  expect(existsSync(join(machine.root, "x.ndjson"))).toBe(false);
});

test.each([
  ["CAUM_HOME is gone", () => rmSync(machine.caumHome, { recursive: true })],
  ["the hook is gone", () => rmSync(own("bin", "hook.cjs"))],
  ["the hook is garbage", () => writeFileSync(own("bin", "hook.cjs"), "(((")],
  ["its program is gone", () => rmSync(own("bin", "hook.program"))],
  ["its program is cut off", () => truncateSync(own("bin", "hook.program"), 3)],
  ["its program is garbage", () => writeFileSync(own("bin", "hook.program"), "\x03\0\0\0(((")],
  ["the inbox is no folder", () => writeFileSync(own("inbox"), "")],
  ["the keys are no folder", () => writeFileSync(own("keys"), "")],
])("exit code 0 and no word when %s", async (_name, breakIt) => {
  breakIt();
  expect(await hook(toolEvent("PostToolUse", "t1", { tool_response: "x" }))).toEqual(NOTHING);
});

test("exit code 0 and no word when the disk takes nothing", async () => {
  expect(await hook(event("Stop"))).toEqual(NOTHING);
  expect(await hook(event("Stop"), { before: "ulimit -f 0; " })).toEqual(NOTHING);
  expect(inboxFiles()).toHaveLength(1);
});

test("a hard alert is told once, to the person, and only when that was asked for", async () => {
  const again = (count: number) =>
    toolEvent("PostToolUse", `t${count}`, {
      tool_input: { command: "make test" },
      tool_response: "failed",
    });
  for (let count = 0; count < 8; count++) await hook(again(count));
  drain();
  expect(await hook(event("Stop"))).toEqual(NOTHING);
  const told = await hook(event("Stop"), { messages: true });
  expect(JSON.parse(told.stdout)).toEqual({
    systemMessage: expect.stringMatching(
      /^caum: Claude Code has called `\w+` \d+ times in a row with the same question\. \(caum only observes\)$/,
    ),
  });
  expect(await hook(event("Stop"), { messages: true })).toEqual(NOTHING);
});

test("a hook takes at most 20 ms longer than an empty Node script", () => {
  const empty = machine.write("empty.cjs", "");
  const command = hookCommand(machine.place).replace(" 2>/dev/null; exit", " --no-recorder; exit");
  const input = toolEvent("PostToolUse", "t1", { tool_response: { stdout: "x".repeat(4_000) } });
  const timeOf = (program: string, args: readonly string[]) => {
    const start = performance.now();
    spawnSync(program, args, { input, env: machine.env });
    return performance.now() - start;
  };
  // The quickest of several: what the machine does beside makes runs slower, never quicker. On a
  // busy machine more of them are needed until one was left alone.
  let bare = Number.POSITIVE_INFINITY;
  let hooked = Number.POSITIVE_INFINITY;
  // An empty script takes 40 ms on a quiet machine; on a slower one everything takes longer.
  const limit = () => 20 * Math.max(1, bare / 40);
  const isWithin = () => hooked - bare < limit();
  for (let round = 0; round < 60 && (round < 9 || !isWithin()); round += 1) {
    bare = Math.min(bare, timeOf(process.execPath, [empty]));
    hooked = Math.min(hooked, timeOf("/bin/sh", ["-c", command]));
  }
  expect(hooked - bare).toBeLessThan(limit());
});

test("caum hook claude-code and caum hook drain do the same as the installed hook", async () => {
  const words = ["hook", "claude-code", "--home", machine.caumHome, "--no-recorder"];
  const input = toolEvent("PostToolUse", "t1", { tool_response: "x" });
  expect(await machine.caum(words, {}, input)).toEqual(NOTHING);
  const drained = await machine.caum(["hook", "drain", "--home", machine.caumHome]);
  expect(drained).toMatchObject({ code: 0, stdout: "everything is recorded\n" });
  expect(calls()).toHaveLength(1);
});

test("caum hook drain --json says whether all is recorded, also when the recorder is at work", async () => {
  const words = ["hook", "drain", "--home", machine.caumHome, "--json"];
  await hook(toolEvent("PostToolUse", "t1", { tool_response: "x" }));
  const drained = await machine.caum(words);
  expect([drained.code, JSON.parse(drained.stdout)]).toEqual([0, { drained: true }]);
  expect(calls()).toHaveLength(1);
  // Nothing new is fine as well; and a recorder that holds the inbox does it itself.
  expect(JSON.parse((await machine.caum(words)).stdout)).toEqual({ drained: true });
  const lock = new RecorderLock(machine.caumHome);
  expect(lock.take()).toBe(true);
  const busy = await machine.caum(words);
  lock.release();
  expect([busy.code, JSON.parse(busy.stdout)]).toEqual([0, { drained: false }]);
});

test("caum hook drain reads all of a long backlog before it says so", async () => {
  await hook(toolEvent("PostToolUse", "t1", { tool_response: "x" }));
  const [file = ""] = inboxFiles();
  // More than one look takes; without its id, because a call that is over is recorded once.
  const left = readFileSync(file, "utf8").replace(/,"toolCallDigest":"[0-9a-f]+"/, "");
  const count = 1_200;
  for (let copy = 1; copy < count; copy++) {
    writeFileSync(file.replace(/\.json$/, `.${copy}.json`), left);
  }
  const drained = await machine.caum(["hook", "drain", "--home", machine.caumHome, "--json"]);
  expect([drained.code, JSON.parse(drained.stdout)]).toEqual([0, { drained: true }]);
  expect(calls()).toHaveLength(count);
});

test("caum hook drain with a home that cannot be used is one line and exit code 2", async () => {
  const file = machine.write("u/file", "");
  const { code, stdout, stderr } = await machine.caum(["hook", "drain", "--home", file]);
  expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
  expect(stderr).toMatch(/^caum hook: [^\n]+\n$/);
});

test("a hook that was registered with a wrong option blocks no tool", async () => {
  const input = toolEvent("PreToolUse", "t1", {});
  const { code, stderr } = await machine.caum(["hook", "claude-code", "--typo"], {}, input);
  expect([code, stderr.split("\n")[0]]).toEqual([0, "error: unknown option '--typo'"]);
});
