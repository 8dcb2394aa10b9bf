import { type ChildProcess, spawn } from "node:child_process";
import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { createObserver } from "@caum/core";
import { afterEach, beforeEach, expect, test } from "vitest";
import { TemporaryHome } from "./install/temporary-home.ts";
import { RunningCollector } from "./running-collector.ts";

const MAIN = fileURLToPath(new URL("../src/main.ts", import.meta.url));
const CANARY = "canary-71ce";

let machine: TemporaryHome;
let children: ChildProcess[] = [];
beforeEach(() => {
  machine = new TemporaryHome();
});
afterEach(async () => {
  for (const child of children) child.kill("SIGKILL");
  children = [];
  machine.remove();
});

async function record(session: string, calls: number): Promise<void> {
  const observer = createObserver({
    home: machine.caumHome,
    env: {},
    agentId: "tester",
    layer: "framework",
    view: "full",
    writer: "test",
    writerVersion: "1",
  });
  const open = observer.session(session);
  for (let call = 0; call < calls; call += 1) {
    open.observe({
      kind: "tool",
      tool: "run_tests",
      arguments: { path: CANARY },
      result: "no",
      status: "error",
    });
  }
  open.close();
  await observer.flush();
  observer.close();
}

function start(words: readonly string[], stderr: "inherit" | "pipe" = "inherit"): ChildProcess {
  const command = ["--conditions=@caum/source", "--no-warnings", MAIN, ...words];
  const child = spawn(process.execPath, command, {
    env: machine.env,
    stdio: ["ignore", "pipe", stderr],
  });
  children.push(child);
  return child;
}

test("caum tail --once prints one row per step of the local runs, without colour", async () => {
  await record("looper", 10);
  const { code, stdout, stderr } = await machine.caum(["tail", "--once"]);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  const rows = stdout.trim().split("\n");
  expect(rows).toHaveLength(11);
  expect(rows[0]).toMatch(/^session +step +tool +op +status +regime +uds +tier +alert$/);
  expect(rows[1]).toMatch(/^looper +1 +run_tests +test +error +[A-Z_]+ +\d\.\d\d +T\d$/);
  expect(rows[10]).toMatch(/^looper +10 .* ALERT \S+/);
  expect(stdout).not.toContain("\u001b");
  expect(stdout).not.toContain(CANARY);
});

test("--json prints one object per step, of the asked session only", async () => {
  await record("one", 2);
  await record("two", 3);
  const { stdout } = await machine.caum(["tail", "two", "--once", "--json"]);
  const steps = stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
  expect(steps.map(({ session, step }) => [session, step])).toEqual([
    ["two", 1],
    ["two", 2],
    ["two", 3],
  ]);
});

test("nothing recorded yet, and a torn line, are no failure", async () => {
  expect(await machine.caum(["tail", "--once", "--json"])).toEqual({
    code: 0,
    stdout: "",
    stderr: "",
  });
  await record("one", 1);
  const [run = ""] = readdirSync(join(machine.caumHome, "runs"));
  appendFileSync(join(machine.caumHome, "runs", run, "records.ndjson"), "garbage\n{");
  const { code, stdout } = await machine.caum(["tail", "--once", "--json"]);
  expect([code, stdout.trim().split("\n").length]).toEqual([0, 1]);
});

test("it follows what is recorded meanwhile, and Ctrl-C ends it with 0", async () => {
  await record("one", 1);
  const child = start(["tail", "--json"]);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ session: "one" });
  await record("two", 1);
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ session: "two", step: 1 });
  const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
});

test("a line that is written in two parts is one step, once it is whole", async () => {
  await record("one", 2);
  const [run = ""] = readdirSync(join(machine.caumHome, "runs"));
  const path = join(machine.caumHome, "runs", run, "records.ndjson");
  const bytes = readFileSync(path);
  const startOfCall = bytes.lastIndexOf("\n", bytes.lastIndexOf('"category":"tool_api"'));
  const middle = startOfCall + 40;
  writeFileSync(path, bytes.subarray(0, middle));
  const child = start(["tail", "--json"]);
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ step: 1 });
  appendFileSync(path, bytes.subarray(middle));
  expect(JSON.parse(String((await lines.next()).value))).toMatchObject({ session: "one", step: 2 });
});

test("a collector that goes away is waited for, said once, and gone on with", async () => {
  const first = await RunningCollector.start(machine);
  const words = ["tail", "--json", ...first.flags];
  const child = start(words, "pipe");
  const told = createInterface({ input: child.stderr! })[Symbol.asyncIterator]();
  const rows = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  const smoke = () => machine.caum(["smoke", ...first.flags, "--json"]);
  const before = JSON.parse((await smoke()).stdout).sessionId;
  for (let step = 1; step <= 11; step += 1) {
    expect(JSON.parse(String((await rows.next()).value))).toMatchObject({ session: before, step });
  }
  await first.stop();
  expect((await told.next()).value).toBe("caum tail: the collector went away: waiting for it");
  const second = await RunningCollector.start(machine, first.port);
  expect((await told.next()).value).toBe("caum tail: the collector answers again");
  const after = JSON.parse((await smoke()).stdout).sessionId;
  expect(JSON.parse(String((await rows.next()).value))).toMatchObject({ session: after, step: 1 });
  const ended = new Promise((resolve) => child.on("exit", (code) => resolve(code)));
  child.kill("SIGINT");
  expect(await ended).toBe(0);
  await second.stop();
});

test("with a collector its steps are shown; one that does not answer is exit code 2", async () => {
  const up = start(["up", "--port", "0", "--json"]);
  const { value } = await createInterface({ input: up.stdout! })[Symbol.asyncIterator]().next();
  const { url, apiKey } = JSON.parse(String(value));
  const smoke = await machine.caum(["smoke", "--url", url, "--key", apiKey, "--json"]);
  const { sessionId } = JSON.parse(smoke.stdout);
  const place = ["--url", url, "--key", apiKey, "--once"];
  for (const words of [["tail"], ["tail", sessionId]]) {
    const { code, stdout } = await machine.caum([...words, ...place, "--json"]);
    const steps = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    expect([code, steps.length]).toEqual([0, 11]);
    expect(steps.at(-1)).toMatchObject({ session: sessionId, tool: "run_tests", alert: true });
  }
  const ended = new Promise((resolve) => up.on("exit", resolve));
  up.kill("SIGTERM");
  await ended;
  const gone = await machine.caum(["tail", ...place, "--json"]);
  expect(gone).toMatchObject({ code: 2, stdout: "" });
  expect(gone.stderr).toContain(`caum tail: no collector answers at ${url}`);
});
