/** What survives the end of a process, whichever way it ends. */
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverProblem } from "../../src/index.ts";
import { readUpstreams } from "../../src/report/settings/index.ts";
import { seal, unseal } from "../../src/report/spool/sealed-line.ts";
import { isChain, Receiver } from "./receiver.ts";

const SCRIPT = join(import.meta.dirname, "observing-process.ts");

/** What a process would take at least that waits for an answer. */
const REQUEST_TIMEOUT_MS = 10_000;

let home: string;
let receiver: Receiver;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-ends-"));
  receiver = await new Receiver().listen();
  problems.length = 0;
});

afterEach(async () => {
  await receiver.close();
  rmSync(home, { recursive: true, force: true });
});

interface Ended {
  readonly code: number | null;
  readonly output: string;
  readonly milliseconds: number;
}

function start(count: number, how: string, url = receiver.url): ChildProcess {
  const rest = [home, url, receiver.key, String(count), how];
  return spawn(process.execPath, ["--no-warnings", SCRIPT, ...rest], {
    stdio: ["ignore", "pipe", "pipe"],
  });
}

async function ended(child: ChildProcess): Promise<Ended> {
  const started = performance.now();
  let output = "";
  child.stdout?.on("data", (chunk) => {
    output += chunk;
  });
  let errors = "";
  child.stderr?.on("data", (chunk) => {
    errors += chunk;
  });
  const [code] = await once(child, "close");
  expect(errors).toBe("");
  return { code, output, milliseconds: performance.now() - started };
}

/** The next process of this user: it delivers what is there, and its own session. */
async function nextProcess(id = "next"): Promise<void> {
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url: receiver.url, apiKey: receiver.key },
    onProblem: (problem) => problems.push(problem),
  });
  seen.observe(id, { tool: "next", status: "ok" });
  await seen.flush();
  await seen.close();
}

const spooled = () =>
  readdirSync(join(home, "upstream"), { recursive: true, encoding: "utf8" })
    .filter((name) => /\d{8}\.ndjson$/.test(name))
    .map((name) => join(home, "upstream", name));

/** The runs of which something is known to be safe. */
const notes = () =>
  readdirSync(home, { recursive: true, encoding: "utf8" })
    .filter((name) => name.includes("sessions") && name.endsWith(".json"))
    .map((name) => name.slice(-".json".length - 32, -".json".length));

/** What a process announced first: the run that it writes. */
const runIn = (output: string) => output.split(" ")[0] ?? "";

test("an exit straight after the last call leaves everything, and the next process delivers it", async () => {
  const { code } = await ended(start(500, "exit"));
  expect(code).toBe(3);
  expect(receiver.requests).toBe(0);
  await nextProcess();
  expect(receiver.tools.filter((tool) => tool !== "next")).toHaveLength(500);
  for (const { lines } of receiver.runs.values()) {
    expect(isChain(lines)).toBe(true);
    expect(lines.at(-1)).toContain('"type":"close"');
  }
  expect(spooled()).toEqual([]);
});

test("a process that has nothing more to do ends at once, whatever the collector does", async () => {
  const hanging: Server = createServer(() => undefined);
  await new Promise<void>((resolve) => hanging.listen(0, "127.0.0.1", resolve));
  const { port } = hanging.address() as { port: number };
  const plain = await ended(start(0, "work-on", "http://127.0.0.1:1"));
  for (const url of [`http://127.0.0.1:${port}`, "http://127.0.0.1:1"]) {
    const { code, milliseconds } = await ended(start(200, "work-on", url));
    expect(code).toBe(0);
    expect(milliseconds).toBeLessThan(plain.milliseconds + REQUEST_TIMEOUT_MS / 2);
  }
  hanging.close();
  await nextProcess();
});

test("whoever awaits close keeps the process until everything has arrived", async () => {
  const { code, output } = await ended(start(200, "await"));
  expect(code).toBe(0);
  const result = JSON.parse(output.trim().split("\n").at(-1) ?? "");
  expect(result).toEqual({ accepted: 202, duplicate: 0, rejected: 0, spooled: 0, dropped: 0 });
});

test("killed at any moment: only a tail is missing, and the next run says which run it continues", async () => {
  const killed: { runId: string; announced: number }[] = [];
  for (const afterMs of [0, 15, 35, 60, 130, 260]) {
    const isDown = afterMs === 15 || afterMs === 60;
    receiver.misbehave = () => (isDown ? { status: 503 } : undefined);
    const child = start(0, "go-on");
    let output = "";
    child.stdout?.on("data", (chunk) => {
      output += chunk;
    });
    // Before anything is safe there is nothing that could survive.
    await expect.poll(() => notes().includes(runIn(output)), { timeout: 10_000 }).toBe(true);
    await new Promise((resolve) => setTimeout(resolve, afterMs));
    child.kill("SIGKILL");
    await once(child, "close");
    const lines = output.trim().split("\n");
    killed.push({ runId: runIn(output), announced: lines.length });
  }
  receiver.misbehave = () => undefined;
  await nextProcess("s");
  for (const { runId, announced } of killed) {
    const lines = receiver.runs.get(runId)?.lines ?? [];
    expect(lines.length).toBeGreaterThan(0);
    expect(isChain(lines)).toBe(true);
    // The `open` record, and an event whose announcement was cut off.
    expect(lines.length).toBeLessThanOrEqual(announced + 2);
  }
  const continued = [...receiver.runs.values()].map(
    ({ lines }) => JSON.parse(lines[0] ?? "{}").payload,
  );
  const last = continued.find(({ continuesRun }) => continuesRun === killed.at(-1)?.runId);
  expect(last?.continuesHead).toMatch(/^[0-9a-f]{64}$/);
  expect(spooled()).toEqual([]);
}, 20_000);

test("records of a dead process that were altered are refused, and a hole stands for them", async () => {
  await ended(start(20, "exit", "http://127.0.0.1:1"));
  const [segment = ""] = spooled();
  const lines = readFileSync(segment, "utf8").trimEnd().split("\n");
  // Whoever alters it on purpose makes the checksum fit.
  lines[7] = seal((unseal(lines[7] ?? "") ?? "").replace('"status":"ok"', '"status":"error"'));
  writeFileSync(segment, `${lines.join("\n")}\n`);
  // The spool belongs to another URL, so the collector is asked under that one.
  const root = join(home, "upstream");
  const [tag = ""] = readdirSync(root);
  await nextProcess();
  const own = readdirSync(root).find((name) => name !== tag) ?? "";
  const { renameSync } = await import("node:fs");
  renameSync(join(root, tag, "processes"), join(root, own, "processes-moved"));
  rmSync(join(root, own, "processes"), { recursive: true, force: true });
  renameSync(join(root, own, "processes-moved"), join(root, own, "processes"));
  await nextProcess("again");
  expect(receiver.lines.some((line) => line === lines[7])).toBe(false);
  expect(receiver.lines.some((line) => line.includes('"status":"error"'))).toBe(false);
  expect(receiver.tools.filter((tool) => tool !== "next")).toHaveLength(19);
  expect(problems.map(({ code }) => code)).toContain("spool_damaged");
});

test("many processes leave and take over at once, and nothing is lost or stored twice", async () => {
  await Promise.all([1, 2, 3].map(() => ended(start(40, "exit"))));
  expect(spooled()).toHaveLength(3);
  const ends = await Promise.all([1, 2, 3].map(() => ended(start(5, "await"))));
  expect(ends.map(({ code }) => code)).toEqual([0, 0, 0]);
  await nextProcess();
  expect(new Set(receiver.tools).size).toBe(3 * 40 + 3 * 5 + 1);
  expect(receiver.tools).toHaveLength(3 * 40 + 3 * 5 + 1);
  for (const { lines } of receiver.runs.values()) expect(isChain(lines)).toBe(true);
  expect(spooled()).toEqual([]);
});

test("a spool that is full takes nothing more at the end of a process, and status says so", async () => {
  await ended(start(20, "exit", "http://127.0.0.1:1"));
  const [segment = ""] = spooled();
  const { size } = statSync(segment);
  truncateSync(segment, 64 * 1024 * 1024 - 100);
  await ended(start(20, "exit", "http://127.0.0.1:1"));
  expect(spooled()).toEqual([segment]);
  truncateSync(segment, size);
  const [status] = await readUpstreams(home);
  expect(status).toMatchObject({ spooled: 22, dropped: 22 });
});

test("a torn last line is left out", async () => {
  await ended(start(20, "exit", receiver.url));
  const [segment = ""] = spooled();
  const text = readFileSync(segment, "utf8");
  // Killed while it wrote another record, of which nobody was told that it is kept.
  writeFileSync(segment, text + text.slice(0, 40));
  await nextProcess();
  expect(receiver.tools.filter((tool) => tool !== "next")).toHaveLength(20);
  expect(problems).toEqual([]);
});

test("a spool folder that is a link is not touched", async () => {
  await ended(start(5, "exit"));
  const elsewhere = mkdtempSync(join(tmpdir(), "caum-elsewhere-"));
  const [tag = ""] = readdirSync(join(home, "upstream"));
  const folders = join(home, "upstream", tag, "processes");
  const [real = ""] = readdirSync(folders);
  const { renameSync } = await import("node:fs");
  renameSync(join(folders, real), join(elsewhere, "theirs"));
  symlinkSync(join(elsewhere, "theirs"), join(folders, "1-link"));
  await nextProcess();
  expect(receiver.tools).toEqual(["next"]);
  expect(readdirSync(join(elsewhere, "theirs")).length).toBeGreaterThan(1);
  expect(problems.map(({ code }) => code)).toEqual(["spool_refused"]);
  rmSync(elsewhere, { recursive: true, force: true });
});
