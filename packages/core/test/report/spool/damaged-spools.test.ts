/** Whatever a disk does to the spool is counted, reported, and declared in the chain. */
import {
  appendFileSync,
  chmodSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverOptions, type ObserverProblem } from "../../../src/index.ts";
import { openSpoolSender } from "../../../src/machine.ts";
import { readUpstreams } from "../../../src/report/settings/index.ts";
import { unseal } from "../../../src/report/spool/sealed-line.ts";
import { isChain, Receiver } from "../receiver.ts";

/** The `open` and the `close` record are two of them. */
const RECORDS = 22;

let home: string;
let receiver: Receiver;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-damaged-"));
  receiver = await new Receiver().listen();
  problems.length = 0;
});

afterEach(async () => {
  await receiver.close();
  rmSync(home, { recursive: true, force: true });
});

function observer(options: Partial<ObserverOptions> = {}) {
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url: receiver.url, apiKey: receiver.key },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
}

interface Left {
  readonly folder: string;
  readonly segment: string;
  readonly kept: string;
  /** The lines as they were written. */
  readonly lines: readonly string[];
}

/** What a process could not deliver. */
async function leaveSpool(records = RECORDS, protocol?: "live"): Promise<Left> {
  const seen = observer({
    upstream: { url: receiver.url, apiKey: receiver.key, ...(protocol && { protocol }) },
    transport: () => Promise.reject(new Error("down")),
    onProblem: () => undefined,
  });
  for (let index = 2; index < records; index++) {
    seen.observe("left", { tool: `tool-${index}`, status: "ok" });
    // What is written at once stands in one segment.
    if (index % 1_000 === 0) await seen.flush();
  }
  await seen.close();
  const [segment = "", ...others] = segments();
  const folder = join(segment, "..");
  const text = [segment, ...others].map((path) => readFileSync(path, "utf8")).join("");
  const sealed = text.trimEnd().split("\n");
  const lines = sealed.map((line) => unseal(line) ?? "");
  return { folder, segment, kept: join(folder, "kept.ndjson"), lines };
}

/** As if the process that took it over had ended. */
function disown(): void {
  for (const owner of filesIn(/owner\.json$/)) writeFileSync(owner, "{}\n");
}

const filesIn = (pattern: RegExp) =>
  readdirSync(join(home, "upstream"), { recursive: true, encoding: "utf8" })
    .filter((name) => pattern.test(name))
    .sort()
    .map((name) => join(home, "upstream", name));
const segments = () => filesIn(/\d{8}\.ndjson$/);

/** `caum flush`, as the command does it. */
function flusher(env: Record<string, string> = {}) {
  return openSpoolSender({
    env: { CAUM_HOME: home, CAUM_URL: receiver.url, CAUM_API_KEY: receiver.key, ...env },
    agent: "test/1",
    onProblem: (problem) => problems.push(problem),
  });
}

const flush = async (env?: Record<string, string>) => flusher(env)?.finish();

/** The one run that was left, as the collector has it. */
const arrived = () => [...receiver.runs.values()][0]?.lines ?? [];
const isHole = (line: string) => line.includes('"type":"hole"');
const holes = () =>
  arrived()
    .filter(isHole)
    .map((line) => JSON.parse(line).payload)
    .map(({ from, to }) => [from, to]);

async function expectWhole(left: Left, lost: number): Promise<void> {
  const records = arrived().filter((line) => !isHole(line));
  expect(isChain(arrived())).toBe(true);
  expect(records.every((line) => left.lines.includes(line))).toBe(true);
  expect(records).toHaveLength(left.lines.length - lost);
  expect(receiver.forks).toEqual([]);
  const [status] = await readUpstreams(home);
  expect(status).toMatchObject({ lost, spooled: 0, refused: 0 });
}

/** From the last seq back, or the middle of the spool. */
const damages: readonly (readonly [string, (left: Left) => void, object])[] = [
  [
    "a segment cut inside a line",
    ({ segment, lines }) => truncateSync(segment, startOf(lines, 17) + 30),
    { damaged: 0, lost: 5, holes: [[17, 21]] },
  ],
  [
    "a segment cut between lines",
    ({ segment, lines }) => truncateSync(segment, startOf(lines, 17)),
    { damaged: 0, lost: 5, holes: [[17, 21]] },
  ],
  [
    "a missing segment",
    ({ segment }) => rmSync(segment),
    { damaged: 0, lost: 22, holes: [[0, 21]] },
  ],
  [
    "an empty segment",
    ({ segment }) => truncateSync(segment, 0),
    { damaged: 0, lost: 22, holes: [[0, 21]] },
  ],
  [
    "a changed byte in the middle",
    ({ segment, lines }) => changeByte(segment, startOf(lines, 9) + 40),
    { damaged: 1, lost: 1, holes: [[9, 9]] },
  ],
  [
    "a changed byte in the last line",
    ({ segment, lines }) => changeByte(segment, startOf(lines, 21) + 40),
    { damaged: 1, lost: 1, holes: [[21, 21]] },
  ],
  [
    "a changed newline",
    ({ segment, lines }) => changeByte(segment, startOf(lines, 9) - 1),
    { damaged: 1, lost: 2, holes: [[8, 9]] },
  ],
  [
    "a changed newline at the end",
    ({ segment, lines }) => changeByte(segment, startOf(lines, 22) - 1),
    { damaged: 0, lost: 1, holes: [[21, 21]] },
  ],
  [
    "a changed byte in what is noted of it",
    ({ kept }) => changeByte(kept, 20),
    { damaged: 1, lost: 0, holes: [] },
  ],
];

/** Each line has a tab, a checksum and a newline behind it. */
function startOf(lines: readonly string[], line: number): number {
  return lines.slice(0, line).reduce((sum, text) => sum + Buffer.byteLength(text) + 10, 0);
}

function changeByte(path: string, at: number, by = 1): void {
  const bytes = readFileSync(path);
  bytes[at] = (bytes[at] ?? 0) ^ by;
  writeFileSync(path, bytes);
}

for (const [what, harm, { holes: declared, ...counts }] of damages as readonly (readonly [
  string,
  (left: Left) => void,
  { damaged: number; lost: number; holes: readonly (readonly number[])[] },
])[]) {
  test(`${what} is counted, reported and declared`, async () => {
    const left = await leaveSpool();
    harm(left);
    expect(await flush()).toMatchObject(counts);
    expect(new Set(problems.map(({ code }) => code))).toEqual(new Set(["spool_damaged"]));
    expect(holes()).toEqual(declared);
    await expectWhole(left, counts.lost);
    expect((await readUpstreams(home))[0]).toMatchObject(counts);
    // It is counted once, and the next process finds nothing more.
    problems.length = 0;
    expect(await flush()).toMatchObject({ damaged: 0, lost: 0 });
    expect(problems).toEqual([]);
  });
}

test("an agent's process that takes it over reports it as well", async () => {
  const left = await leaveSpool();
  truncateSync(left.segment, startOf(left.lines, 17));
  const seen = observer();
  seen.observe("next", { tool: "next", status: "ok" });
  await seen.close();
  expect(problems).toEqual([
    {
      code: "spool_damaged",
      message: "5 spooled records are gone: the record of their session says so",
    },
  ]);
});

test("any byte of the spool may change: every record arrives as it was written, or is declared", async () => {
  let seed = 1;
  const next = (below: number) => {
    seed = (seed * 48_271) % 2_147_483_647;
    return seed % below;
  };
  for (let round = 0; round < 60; round++) {
    receiver.runs.clear();
    rmSync(home, { recursive: true, force: true });
    const left = await leaveSpool(12);
    const { size } = statSync(left.segment);
    const [at, by] = [next(size), 1 + next(255)];
    changeByte(left.segment, at, by);
    const result = await flush();
    expect(result?.lost, `byte ${at} of ${size} by ${by}`).toBeGreaterThan(0);
    await expectWhole(left, result?.lost ?? 0);
  }
});

test("a segment that is missing between others is declared, and no other record is lost", async () => {
  const left = await leaveSpool(8_000);
  expect(segments().length).toBeGreaterThan(2);
  rmSync(join(left.folder, "00000002.ndjson"));
  const lost = (await flush())?.lost ?? 0;
  expect(lost).toBeGreaterThan(100);
  expect(holes()).toHaveLength(1);
  await expectWhole(left, lost);
});

test("a line that was cut off while it was written is no loss", async () => {
  const left = await leaveSpool();
  appendFileSync(left.segment, left.lines[5]?.slice(0, 100) ?? "");
  appendFileSync(left.kept, '[{"agentId":"a');
  expect(await flush()).toMatchObject({ accepted: RECORDS, damaged: 0, lost: 0 });
  expect(problems).toEqual([]);
});

test("what a collector has already is not declared as lost", async () => {
  const left = await leaveSpool();
  const [{ runId } = { runId: "" }] = left.lines.map((line) => JSON.parse(line));
  receiver.store(runId, left.lines);
  truncateSync(left.segment, startOf(left.lines, 17));
  expect(await flush()).toMatchObject({ duplicate: 17, lost: 0 });
  await expectWhole(left, 0);
});

test("of a segment that must not be read, nothing is said to be lost", async () => {
  const left = await leaveSpool();
  chmodSync(left.segment, 0o666);
  expect(await flush()).toMatchObject({ accepted: 0, damaged: 0, lost: 0 });
  expect(receiver.lines).toEqual([]);
  const [taken = ""] = segments();
  chmodSync(taken, 0o600);
  disown();
  expect(await flush()).toMatchObject({ accepted: RECORDS, lost: 0 });
});

test("while the collector does not answer, a damaged spool waits", async () => {
  const left = await leaveSpool();
  rmSync(left.segment);
  receiver.misbehave = () => ({ status: 503 });
  expect(await flush()).toMatchObject({ lost: 0 });
  receiver.misbehave = () => undefined;
  disown();
  expect(await flush()).toMatchObject({ lost: RECORDS });
  expect(holes()).toEqual([[0, RECORDS - 1]]);
});

test("a process declares what the disk took from it while it runs, and goes on after it", async () => {
  receiver.misbehave = () => ({ status: 503 });
  const seen = observer({ onProblem: () => undefined });
  for (let index = 0; index < 10; index++)
    seen.observe("left", { tool: `tool-${index}`, status: "ok" });
  await seen.flush();
  const [segment = ""] = segments();
  truncateSync(segment, 2_000);
  receiver.misbehave = () => undefined;
  await seen.flush();
  expect(holes()).toHaveLength(1);
  seen.observe("left", { tool: "after", status: "ok" });
  await seen.close();
  expect(isChain(arrived())).toBe(true);
  expect(holes()).toHaveLength(1);
  expect(receiver.tools.at(-1)).toBe("after");
  expect((await readUpstreams(home))[0]).toMatchObject({ spooled: 0 });
});

test("what another thread wrote is held to its note once it writes no more", async () => {
  receiver.misbehave = () => ({ status: 503 });
  const sender = flusher();
  const seen = observer({ follower: { appended: (folder) => sender?.appended(folder) } });
  for (let index = 0; index < 20; index++)
    seen.observe("left", { tool: `tool-${index}`, status: "ok" });
  await seen.close();
  const [segment = ""] = segments();
  truncateSync(segment, 2_000);
  receiver.misbehave = () => undefined;
  const lost = (await sender?.finish())?.lost ?? 0;
  expect(lost).toBeGreaterThan(0);
  expect(holes()).toEqual([[22 - lost, 21]]);
  expect(segments()).toEqual([]);
});

test("a door that has no holes loses the same records, and they are counted", async () => {
  const left = await leaveSpool(RECORDS, "live");
  truncateSync(left.segment, startOf(left.lines, 17));
  expect(await flush({ CAUM_PROTOCOL: "live" })).toMatchObject({ lost: 5 });
  expect(receiver.liveEvents.size).toBe(16);
  expect((await readUpstreams(home))[0]).toMatchObject({ lost: 5, spooled: 0 });
});

test("a note of a run that changed on the disk hides no record", async () => {
  const left = await leaveSpool();
  const [note = ""] = filesIn(/sessions.*\.json$/);
  const text = readFileSync(note, "utf8");
  expect(text).toContain('"acked":-1');
  writeFileSync(note, text.replace('"acked":-1', '"acked":91'));
  expect(await flush()).toMatchObject({ accepted: RECORDS });
  await expectWhole(left, 0);
});
