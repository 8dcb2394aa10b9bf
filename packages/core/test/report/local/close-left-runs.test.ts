import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  appendFileSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { closeLeftRuns, loadWriterKey } from "../../../src/machine.ts";
import { thisProcess } from "../../../src/report/spool/process-identity.ts";
import { parseVerifierKey, type StructuralRecord, verifyBundle } from "../../../src/verify.ts";

const CORE = join(import.meta.dirname, "../../../src/index.ts");
const PROGRAM = `
import { createObserver } from ${JSON.stringify(CORE)};
const facts = { writer: "test", writerVersion: "1.0.0", layer: "mcp", view: "full", env: {} };
const seen = createObserver({ ...facts, home: process.argv[1], upstream: false });
for (let call = 0; call < 5; call++) seen.observe("s", { tool: "a", status: "ok" });
await seen.flush();
console.log("written");
setInterval(() => undefined, 1_000);`;

let home: string;
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-close-"));
});
afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

/** A process that has recorded five calls and lives. */
async function startWriter() {
  const words = ["--conditions=@caum/source", "--input-type=module", "-e", PROGRAM, home];
  const writer = spawn(process.execPath, words, { stdio: ["ignore", "pipe", "inherit"] });
  await once(writer.stdout, "data");
  await expect.poll(() => readdirSync(join(folder(), "checkpoints"))).toContain("head.note");
  return writer;
}

async function leaveRun(): Promise<void> {
  const writer = await startWriter();
  writer.kill("SIGKILL");
  await once(writer, "close");
}

const folder = () => join(home, "runs", readdirSync(join(home, "runs"))[0] ?? "");
const records = () => join(folder(), "records.ndjson");
const owner = () => join(folder(), "owner.json");
const close = () => closeLeftRuns({ home, nowMs: Date.now() });

function verify() {
  const { vkey } = loadWriterKey({ home });
  const { verdict, findings } = verifyBundle(folder(), { keys: [parseVerifierKey(vkey)] });
  return { verdict, kinds: findings.map(({ kind }) => kind) };
}

function lastTwo(): readonly StructuralRecord[] {
  const lines = readFileSync(records(), "utf8").trimEnd().split("\n").slice(-2);
  return lines.map((line) => JSON.parse(line));
}

test("the run of a process that was killed is closed, and says that its writer was gone", async () => {
  await leaveRun();
  const wroteAt = new Date(Math.floor(Date.now() / 1_000) * 1_000 - 60_000);
  utimesSync(records(), wroteAt, wroteAt);
  const before = readFileSync(records(), "utf8");
  expect(verify().verdict).toBe("ok-open");
  expect(await close()).toBe(1);
  expect(verify()).toEqual({ verdict: "ok", kinds: [] });
  expect(readFileSync(records(), "utf8").startsWith(before)).toBe(true);
  expect(lastTwo().map(({ payload, sourceTimestamp }) => [payload, sourceTimestamp])).toEqual([
    [{ kind: "blind", subject: "writer", seq: 6 }, wroteAt.toISOString()],
    [{ type: "close", events: 7, dropped: 0, seq: 7 }, wroteAt.toISOString()],
  ]);
  expect(await close()).toBe(0);
});

test("the run of a process that lives stays open", async () => {
  const writer = await startWriter();
  expect(await close()).toBe(0);
  expect(verify().verdict).toBe("ok-open");
  writer.kill("SIGKILL");
});

test("a process that cannot be seen from here may live", async () => {
  await leaveRun();
  const { pid, startedAt } = JSON.parse(readFileSync(owner(), "utf8"));
  const gone = { ...thisProcess(), pid, startedAt };
  for (const other of [{ host: "elsewhere" }, { namespace: "pid:[1]" }]) {
    writeFileSync(owner(), JSON.stringify({ ...gone, ...other }));
    expect(await close()).toBe(0);
  }
  writeFileSync(owner(), JSON.stringify(gone));
  expect(await close()).toBe(1);
});

test("a last line that was cut off makes room for the close", async () => {
  await leaveRun();
  appendFileSync(records(), '{"agentId":"def');
  expect(await close()).toBe(1);
  expect(verify()).toEqual({ verdict: "ok", kinds: [] });
});

test("a run that was killed before its last signature is signed, and nothing is added", async () => {
  await leaveRun();
  expect(await close()).toBe(1);
  const [note, whole] = [join(folder(), "checkpoints/recovered.note"), readFileSync(records())];
  rmSync(note);
  expect(verify().verdict).toBe("ok-open");
  expect(await close()).toBe(1);
  expect(verify()).toEqual({ verdict: "ok", kinds: [] });
  expect(readFileSync(records())).toEqual(whole);
});

test("of several that close at once, one does", async () => {
  await leaveRun();
  const closed = await Promise.all(Array.from({ length: 8 }, close));
  expect(closed.reduce((sum, count) => sum + count, 0)).toBe(1);
  expect(verify()).toEqual({ verdict: "ok", kinds: [] });
});

const unfit: readonly (readonly [string, () => void])[] = [
  ["one that contradicts its signature", () => changeRecord()],
  ["one that was never signed", () => rmSync(join(folder(), "checkpoints", "head.note"))],
  ["one that does not say who wrote it", () => rmSync(owner())],
];

test.each(unfit)("left as it is: %s", async (_what, spoil) => {
  await leaveRun();
  spoil();
  const { size } = statSync(records());
  expect(await close()).toBe(0);
  expect(statSync(records()).size).toBe(size);
});

function changeRecord(): void {
  const text = readFileSync(records(), "utf8");
  writeFileSync(records(), text.replace('"status":"ok"', '"status":"error"'));
}
