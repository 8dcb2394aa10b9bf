/** The whole way from `observe` to a collector over real HTTP on the loopback. */
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { createObserver, type ObserverOptions, type ObserverProblem } from "../../src/index.ts";
import { createHttpTransport } from "../../src/report/upstream/http-transport.ts";
import { isChain, type Misdeed, Receiver } from "./receiver.ts";

let home: string;
let receiver: Receiver;
const problems: ObserverProblem[] = [];

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), "caum-report-"));
  receiver = await new Receiver().listen();
  problems.length = 0;
});

afterEach(async () => {
  await receiver.close();
  rmSync(home, { recursive: true, force: true });
});

function observer(options: Partial<ObserverOptions> = {}) {
  const { url, key: apiKey } = receiver;
  return createObserver({
    writer: "test",
    writerVersion: "1.0.0",
    layer: "framework",
    view: "full",
    home,
    env: {},
    upstream: { url, apiKey },
    onProblem: (problem) => problems.push(problem),
    ...options,
  });
}

const toolNames = (from: number, to: number) =>
  Array.from({ length: to - from }, (_, index) => `tool-${from + index}`);

function observeTools(seen: ReturnType<typeof observer>, from: number, to: number, id = "s"): void {
  for (const tool of toolNames(from, to)) seen.observe(id, { tool, status: "ok" });
}

const spoolFolders = () =>
  readdirSync(join(home, "upstream"), { recursive: true, encoding: "utf8" }).filter((name) =>
    /\d{8}\.ndjson$/.test(name),
  );

test("with a collector that answers, nothing touches the disk but the key and the notes", async () => {
  const seen = observer();
  observeTools(seen, 0, 300);
  const flushed = await seen.flush();
  expect(flushed).toEqual({ accepted: 301, duplicate: 0, rejected: 0, spooled: 0, dropped: 0 });
  expect(receiver.tools).toEqual(toolNames(0, 300));
  const closed = await seen.close();
  expect(closed.accepted).toBe(302);
  expect(receiver.lines.every((line, at) => JSON.parse(line).payload.seq === at)).toBe(true);
  expect(isChain(receiver.lines)).toBe(true);
  expect(spoolFolders()).toEqual([]);
  expect(problems).toEqual([]);
});

test("without anybody waiting, events arrive by themselves", async () => {
  const seen = observer();
  observeTools(seen, 0, 3);
  await expect.poll(() => receiver.tools.length, { timeout: 3_000 }).toBe(3);
  await seen.close();
});

test("a collector that is down all the time, then up, gets every event once and in order", async () => {
  const { port, url } = receiver;
  await receiver.close();
  const seen = observer({ upstream: { url, apiKey: receiver.key } });
  observeTools(seen, 0, 120, "a");
  const first = await seen.flush();
  expect(first).toEqual({ accepted: 0, duplicate: 0, rejected: 0, spooled: 121, dropped: 0 });
  observeTools(seen, 120, 240, "a");
  observeTools(seen, 0, 50, "b");
  await seen.flush();
  const { runs, key } = receiver;
  receiver = new Receiver();
  receiver.key = key;
  await receiver.listen(port);
  const last = await seen.close();
  expect(last).toEqual({ accepted: 294, duplicate: 0, rejected: 0, spooled: 0, dropped: 0 });
  expect(runs.size).toBe(0);
  for (const { lines } of receiver.runs.values()) expect(isChain(lines)).toBe(true);
  expect(receiver.tools.sort()).toEqual([...toolNames(0, 240), ...toolNames(0, 50)].sort());
  expect(spoolFolders()).toEqual([]);
  expect(problems.map(({ code }) => code)).toEqual(["unreachable"]);
});

const misdeeds: readonly (readonly [string, Misdeed])[] = [
  ["429 with Retry-After", { status: 429, headers: { "retry-after": "0" } }],
  ["500", { status: 500 }],
  ["502 with HTML", { status: 502, body: "<html>" }],
  ["a cut connection", "cut"],
  ["a connection cut after the records are stored", "store_then_cut"],
  ["an answer cut in the middle", "cut_body"],
];

test.each(misdeeds)("after %s every event arrives once, in order", async (_name, misdeed) => {
  receiver.misbehave = (request) => (request <= 3 ? misdeed : undefined);
  const seen = observer();
  observeTools(seen, 0, 50);
  await seen.flush();
  observeTools(seen, 50, 100);
  await seen.flush();
  await seen.flush();
  const result = await seen.close();
  expect(result.accepted + result.duplicate).toBe(102);
  expect(result).toMatchObject({ rejected: 0, spooled: 0, dropped: 0 });
  expect(receiver.tools).toEqual(toolNames(0, 100));
  expect(isChain(receiver.lines)).toBe(true);
});

test("a collector that hangs holds up nobody, and what it had stored is not stored twice", async () => {
  receiver.misbehave = (request) => (request === 1 ? "store_then_hang" : undefined);
  // Long enough for the answers of a receiver on a busy machine.
  const seen = observer({ transport: createHttpTransport({ timeoutMs: 3_000 }) });
  observeTools(seen, 0, 100);
  const hung = await seen.flush();
  expect(hung.spooled).toBe(101);
  await seen.close();
  expect(receiver.tools).toEqual(toolNames(0, 100));
});

test("a wrong key stops the sending, is told once, and keeps everything", async () => {
  const seen = observer({ upstream: { url: receiver.url, apiKey: "caum_live_wrong" } });
  observeTools(seen, 0, 10);
  await seen.flush();
  observeTools(seen, 10, 20);
  const result = await seen.close();
  expect(result).toMatchObject({ accepted: 0, spooled: 22 });
  expect(problems.map(({ code }) => code)).toEqual(["key_refused"]);
});

test("what one key left behind is never sent under another", async () => {
  receiver.key = "caum_live_other";
  const first = observer({ upstream: { url: receiver.url, apiKey: "caum_live_one" } });
  observeTools(first, 0, 10);
  await first.close();
  const second = observer({ upstream: { url: receiver.url, apiKey: "caum_live_other" } });
  observeTools(second, 100, 105);
  await second.close();
  expect(receiver.tools).toEqual(toolNames(100, 105));
  expect(spoolFolders()).toHaveLength(1);
});

test("a new key of the same tenant delivers what the old one left", async () => {
  const old = observer({ upstream: { url: receiver.url, apiKey: "caum_live_old" } });
  observeTools(old, 0, 10);
  await old.close();
  const first = observer();
  observeTools(first, 10, 12);
  await first.close();
  expect(receiver.tools).toEqual(toolNames(10, 12));
  // As both spools look once the collector has signed for each of them.
  for (const tag of readdirSync(join(home, "upstream"))) {
    writeFileSync(join(home, "upstream", tag, "tenant"), "collector/TENANT", { mode: 0o600 });
  }
  const second = observer();
  await second.flush();
  await second.close();
  expect([...receiver.tools].sort()).toEqual(toolNames(0, 12).sort());
  expect(spoolFolders()).toEqual([]);
});

test("a line that the collector refuses is set aside, declared as a hole, and holds up nobody", async () => {
  receiver.refuses = (line) => line.includes('"toolName":"tool-37"');
  const seen = observer();
  observeTools(seen, 0, 100);
  const result = await seen.close();
  expect(result).toEqual({ accepted: 101, duplicate: 0, rejected: 1, spooled: 0, dropped: 0 });
  expect(receiver.tools).toEqual(toolNames(0, 100).filter((tool) => tool !== "tool-37"));
  expect(isChain(receiver.lines)).toBe(true);
  const hole = receiver.lines
    .map((line) => JSON.parse(line))
    .find(({ payload }) => payload.type === "hole");
  expect(hole.payload).toMatchObject({ from: 38, to: 38 });
  expect(problems.map(({ code }) => code)).toEqual(["record_refused"]);
});

test("a collector that forgot what it was sent gets the rest after a hole", async () => {
  const seen = observer();
  observeTools(seen, 0, 10);
  await seen.flush();
  receiver.runs.clear();
  observeTools(seen, 10, 20);
  await seen.close();
  const [first] = receiver.lines.map((line) => JSON.parse(line));
  expect(first.payload).toMatchObject({ type: "hole", from: 0, to: 10 });
  expect(receiver.tools).toEqual(toolNames(10, 20));
});

test("a collector whose root is not that of what it was sent is told, loudly and once", async () => {
  receiver.lies = true;
  const seen = observer();
  observeTools(seen, 0, 10);
  await seen.flush();
  observeTools(seen, 10, 20);
  expect(await seen.close()).toMatchObject({ accepted: 22 });
  expect(problems.map(({ code }) => code)).toEqual(["evidence_mismatch"]);
  expect(receiver.tools).toEqual(toolNames(0, 20));
});

test("what there is no room for is assessed, counted in the answer, and declared in the chain", async () => {
  const { url } = receiver;
  await receiver.close();
  writeFileSync(join(home, "upstream"), "a file where the spool should be");
  const seen = observer({ upstream: { url, apiKey: receiver.key } });
  observeTools(seen, 0, 10_100);
  const full = await seen.flush();
  expect(full.spooled).toBe(10_000);
  expect(full.dropped).toBe(101);
  rmSync(join(home, "upstream"));
  const { port, key } = receiver;
  receiver = new Receiver();
  receiver.key = key;
  await receiver.listen(port);
  await seen.flush();
  observeTools(seen, 20_000, 20_001);
  const result = await seen.close();
  expect(result).toMatchObject({ accepted: 10_003, spooled: 0, dropped: 101 });
  const records = receiver.lines.map((line) => JSON.parse(line));
  const drops = records.filter(({ payload }) => payload.type === "drop");
  expect(drops.map(({ payload }) => payload.count)).toEqual([101]);
  expect(isChain(receiver.lines)).toBe(true);
}, 20_000);

test("a read-only home, a file as spool: one warning each, and the agent does not notice", async () => {
  writeFileSync(join(home, "upstream"), "");
  const seen = observer({ upstream: { url: "http://127.0.0.1:1", apiKey: "k" } });
  observeTools(seen, 0, 200);
  await seen.flush();
  await seen.close();
  expect(problems.map(({ code }) => code).sort()).toEqual(["spool_failed", "unreachable"]);
});

test("a dry run prints each request as it would go out, without the key, and sends nothing", async () => {
  const printed: string[] = [];
  const write = process.stderr.write;
  process.stderr.write = (text: string | Uint8Array) => printed.push(String(text)) > 0;
  const seen = observer({
    upstream: { url: receiver.url, apiKey: receiver.key, dryRun: true },
  });
  observeTools(seen, 0, 3);
  await seen.close();
  process.stderr.write = write;
  expect(receiver.requests).toBe(0);
  const text = printed.join("");
  expect(text).toContain(`POST ${receiver.url}/v1/runs/`);
  expect(text).toContain('"toolName":"tool-2"');
  expect(text).not.toContain(receiver.key);
});

test("a serverless host is kept awake until what it observed has arrived", async () => {
  const awaited: Promise<unknown>[] = [];
  const seen = observer({ waitUntil: (promise) => awaited.push(promise) });
  observeTools(seen, 0, 3);
  expect(awaited).toHaveLength(1);
  await awaited[0];
  expect(receiver.tools).toEqual(toolNames(0, 3));
  await seen.close();
});

test("two observers of one process share one way to the collector", async () => {
  const first = observer();
  const second = observer();
  observeTools(first, 0, 5, "a");
  observeTools(second, 5, 10, "b");
  await first.close();
  const result = await second.close();
  expect(result.accepted).toBe(14);
  expect([...receiver.runs.values()].every(({ lines }) => isChain(lines))).toBe(true);
});

test("a URL that answers HTML is told as what it is, and the agent goes on", async () => {
  receiver.misbehave = () => ({ status: 200, body: "<html>welcome" });
  const seen = observer();
  observeTools(seen, 0, 10);
  expect(await seen.close()).toMatchObject({ accepted: 0, spooled: 12 });
  expect(problems.map(({ code }) => code)).toEqual(["not_a_collector"]);
});

test("the live protocol sends each step once", async () => {
  receiver.misbehave = (request) => (request === 4 ? "store_then_cut" : undefined);
  const seen = observer({
    upstream: { url: receiver.url, apiKey: receiver.key, protocol: "live" },
  });
  observeTools(seen, 0, 30);
  await seen.flush();
  const result = await seen.close();
  expect(result).toMatchObject({ accepted: 32, rejected: 0, spooled: 0 });
  const tools = [...receiver.liveEvents.values()].map((event) => (event as { tool: string }).tool);
  expect(tools).toEqual(toolNames(0, 30));
});
