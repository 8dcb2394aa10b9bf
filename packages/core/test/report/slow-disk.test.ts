/** A disk that hangs is not felt, and what it does not take is counted. */
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverProblem } from "../../src/index.ts";
import { loadWriterKey } from "../../src/machine.ts";
import { openReporter } from "../../src/report/open-reporter.ts";
import { loadConfiguration, readUpstreams } from "../../src/report/settings/index.ts";
import { HangingDisk } from "./hanging-disk.ts";
import { isChain, Receiver } from "./receiver.ts";

const RING_RECORDS = 10_000;

let home: string;
let disk: HangingDisk;
const problems: ObserverProblem[] = [];

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-slow-disk-"));
  disk = new HangingDisk();
  problems.length = 0;
});

afterEach(() => {
  disk.release();
  rmSync(home, { recursive: true, force: true, maxRetries: 3 });
});

function observer(upstream: { url: string; apiKey: string } | false) {
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream,
    onProblem: (problem) => problems.push(problem),
  });
}

type Observer = ReturnType<typeof observer>;

function observeTools(seen: Observer, from: number, to: number, id = "s"): void {
  for (let tool = from; tool < to; tool++) {
    seen.observe(id, { tool: `tool-${tool}`, status: "ok" });
  }
}

/** Lets timers and what they start run. */
const turn = () => new Promise((resolve) => setTimeout(resolve, 300));

test("with the collector down and the disk hanging, observe writes nothing itself; memory keeps its cap, and what is dropped is told", async () => {
  const receiver = await new Receiver().listen();
  const { url, key: apiKey, port } = receiver;
  await receiver.close();
  const seen = observer({ url, apiKey });
  observeTools(seen, 0, 10);
  await seen.flush();
  await disk.hang();
  for (let from = 10; from < RING_RECORDS + 500; from += 1_000) {
    observeTools(seen, from, Math.min(from + 1_000, RING_RECORDS + 500));
    await turn();
  }
  expect(disk.syncWrites).toBe(0);
  expect(disk.mostWaiting).toBeGreaterThan(0);
  expect(seen.status.dropped).toBe(RING_RECORDS + 500 - 10 - RING_RECORDS);

  disk.release();
  const back = new Receiver();
  back.key = apiKey;
  await back.listen(port);
  expect(await seen.flush()).toMatchObject({ spooled: 0, dropped: 490 });
  observeTools(seen, 90_000, 90_001);
  const closed = await seen.close();
  // `open` and the first ten, the ring, `drop`, one more and `close`.
  expect(closed).toMatchObject({ accepted: 11 + RING_RECORDS + 3, spooled: 0, dropped: 490 });
  const records = back.lines.map((line) => JSON.parse(line));
  const drops = records.filter(({ payload }) => payload.type === "drop");
  expect(drops.map(({ payload }) => payload.count)).toEqual([490]);
  expect(isChain(back.lines)).toBe(true);
  expect((await readUpstreams(home))[0]).toMatchObject({ spooled: 0, dropped: 490 });
  await back.close();
}, 30_000);

test("a collector that answers gets everything while the disk hangs", async () => {
  const receiver = await new Receiver().listen();
  const seen = observer({ url: receiver.url, apiKey: receiver.key });
  await disk.hang();
  observeTools(seen, 0, 300);
  await expect.poll(() => receiver.tools.length, { timeout: 5_000 }).toBe(300);
  expect(disk.syncWrites).toBe(0);
  disk.release();
  expect(await seen.close()).toMatchObject({ accepted: 302, spooled: 0 });
  await receiver.close();
});

test("whoever waits for a disk that hangs gets an answer all the same", async () => {
  const arguments_ = { home, url: "http://127.0.0.1:1", apiKey: "k" };
  const lease = openReporter({
    configuration: loadConfiguration({ arguments: arguments_, env: {} }),
    agent: "test",
    signer: loadWriterKey({ home }).signer,
    onProblem: (problem) => problems.push(problem),
  });
  const local = observer(false);
  await disk.hang();
  observeTools(local, 0, 20);
  lease?.reporter.push({
    sessionId: "s",
    runId: "0".repeat(32),
    seq: 0,
    line: "{}",
    origin: "own",
  });
  const flushing = lease?.reporter.flush(100);
  const [flushed, closed] = await Promise.all([flushing, local.close()]);
  expect(flushed).toMatchObject({ accepted: 0, spooled: 1 });
  expect(closed).toMatchObject({ dropped: 0 });
  expect(problems.map(({ code }) => code)).toEqual(["unreachable"]);
  disk.release();
  await lease?.release();
});

test("many sessions on a disk that hangs leave the host threads for its own files", async () => {
  const seen = observer(false);
  await disk.hang();
  for (let id = 0; id < 50; id++) observeTools(seen, 0, 150, `session-${id}`);
  await turn();
  expect(disk.syncWrites).toBe(0);
  expect(disk.mostWaiting).toBe(2);
  disk.release();
  await seen.close();
  const runs = readdirSync(join(home, "runs"));
  expect(runs).toHaveLength(50);
  for (const run of runs) {
    const text = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
    expect(isChain(text.trimEnd().split("\n"))).toBe(true);
    expect(text.trimEnd().split("\n")).toHaveLength(152);
  }
  expect(problems).toEqual([]);
}, 30_000);
