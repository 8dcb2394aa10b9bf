import {
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver } from "../../../src/index.ts";
import { loadWriterKey, rotateWriterKey } from "../../../src/machine.ts";
import { signLeftRuns } from "../../../src/report/local/sign-left-runs.ts";
import { parseVerifierKey, verifyBundle } from "../../../src/verify.ts";

const MINUTES_MS = 10 * 60_000;

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-left-"));
});

afterEach(() => {
  rmSync(home, { recursive: true, force: true });
});

interface Run {
  readonly folder: string;
  readonly records: string;
  readonly note: string;
}

/** A run whose last three records came after its last signature, as a crash leaves it. */
async function leaveRun(): Promise<Run> {
  const seen = createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: false,
  });
  const observe = (count: number) => {
    for (let call = 0; call < count; call++) seen.observe("s", { tool: "a", status: "ok" });
  };
  observe(5);
  await seen.flush();
  const folder = join(home, "runs", readdirSync(join(home, "runs"))[0] ?? "");
  const note = join(folder, "checkpoints", "head.note");
  const records = join(folder, "records.ndjson");
  const signed = readFileSync(note, "utf8");
  observe(3);
  await seen.close();
  const lines = readFileSync(records, "utf8").trimEnd().split("\n");
  // Without its `close`.
  writeFileSync(records, `${lines.slice(0, -1).join("\n")}\n`);
  writeFileSync(note, signed);
  return { folder, records, note };
}

const age = ({ records }: Run) => utimesSync(records, 0, 0);
const sign = () => signLeftRuns({ home, nowMs: Date.now() });

function verify({ folder }: Run) {
  const { vkey } = loadWriterKey({ home });
  const { verdict, findings } = verifyBundle(folder, { keys: [parseVerifierKey(vkey)] });
  return { verdict, kinds: findings.map(({ kind }) => kind) };
}

test("records that came after the last signature of a dead process are signed, once", async () => {
  const run = await leaveRun();
  expect(verify(run).kinds).toEqual(["unsigned_tail"]);
  age(run);
  const before = readFileSync(run.records, "utf8");
  expect(await sign()).toBe(1);
  expect(verify(run)).toEqual({ verdict: "ok-open", kinds: [] });
  expect(readFileSync(run.records, "utf8")).toBe(before);
  expect(await sign()).toBe(0);
});

test("a run that may still be written is left alone", async () => {
  const run = await leaveRun();
  utimesSync(run.records, Date.now() / 1_000, Date.now() / 1_000);
  expect(await sign()).toBe(0);
  expect(verify(run).kinds).toEqual(["unsigned_tail"]);
  expect(await signLeftRuns({ home, nowMs: Date.now() + MINUTES_MS })).toBe(1);
});

test("after the key was replaced, a run is signed by the key that signed it before", async () => {
  const run = await leaveRun();
  age(run);
  const { previous } = rotateWriterKey({ home });
  expect(await sign()).toBe(1);
  const { verdict } = verifyBundle(run.folder, { keys: [parseVerifierKey(previous.vkey)] });
  expect(verdict).toBe("ok-open");
  expect(await sign()).toBe(0);
});

test("a torn last line stays, and stays told", async () => {
  const run = await leaveRun();
  writeFileSync(run.records, `${readFileSync(run.records, "utf8")}{"agentId":"def`);
  age(run);
  expect(await sign()).toBe(1);
  expect(verify(run).kinds).toEqual(["torn_line"]);
});

const unfit: readonly (readonly [string, (run: Run) => void])[] = [
  ["one whose signed part was changed", ({ records }) => editLine(records, 2)],
  ["one whose unsigned part is not linked", ({ records }) => editLine(records, 6)],
  ["one that was never signed", ({ note }) => rmSync(note)],
  ["one that was signed by somebody else", (run) => signByAnother(run)],
  ["one that is a link", ({ folder }) => linkTo(folder)],
];

test.each(unfit)("not signed: %s", async (_what, spoil) => {
  const run = await leaveRun();
  spoil(run);
  age(run);
  expect(await sign()).toBe(0);
});

function editLine(records: string, at: number): void {
  const lines = readFileSync(records, "utf8").split("\n");
  lines[at] = (lines[at] ?? "").replace('"status":"ok"', '"status":"error"');
  writeFileSync(records, lines.join("\n"));
}

function signByAnother({ note }: Run): void {
  const text = readFileSync(note, "utf8");
  writeFileSync(note, text.replace(/\n— (\S+) /, "\n— another.example "));
}

function linkTo(folder: string): void {
  renameSync(folder, join(home, "moved"));
  symlinkSync(join(home, "moved"), folder);
}
