import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { hashLeaf } from "../src/evidence/tree/leaf.ts";
import { createObserver, type ObserverOptions, type ObserverProblem } from "../src/index.ts";
import { readLine } from "../src/verify.ts";

let home: string;

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), "caum-observer-"));
});

afterEach(() => {
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
    ...options,
  });
}

function lines(): string[] {
  const [run = ""] = readdirSync(join(home, "runs"));
  const text = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8");
  return text.trimEnd().split("\n");
}

test("a run is one chain from open to close, each record linked to the one before", async () => {
  const seen = observer();
  for (let page = 0; page < 20; page++) {
    seen.observe("s", {
      tool: "search",
      arguments: { page },
      result: `hits ${page}`,
      status: "ok",
    });
  }
  await seen.close();
  const records = lines().map((line) => JSON.parse(line));
  expect(records.map((record) => record.payload.seq)).toEqual([...Array(22).keys()]);
  expect(records[0].payload.type).toBe("open");
  expect(records.at(-1).payload).toMatchObject({ type: "close", events: 21, dropped: 0 });
  let previous = "0".repeat(64);
  for (const line of lines()) {
    expect(JSON.parse(line).previousHash).toBe(previous);
    previous = hashLeaf(line);
  }
});

test("a loop of a tool with a sentence for a name is found, and the sentence is nowhere", async () => {
  const seen = observer();
  const call = {
    tool: "tell bob@example.com the pin",
    arguments: { a: 1 },
    status: "error",
  } as const;
  const errorClass = "PinIs4711Error";
  for (let at = 0; at < 4; at++) seen.observe("s", { ...call, errorClass, result: "no" });
  const { regime, pattern } = seen.observe("s", { ...call, errorClass, result: "no" });
  await seen.close();
  expect(regime).toBe("LOOP");
  expect(pattern?.tools).toEqual([expect.stringMatching(/^x-[0-9a-f]{8}$/)]);
  expect(lines().join("\n")).not.toMatch(/bob|example|4711/);
  expect(JSON.parse(lines()[1] ?? "").payload).toMatchObject({ errorClass: "other", op: "other" });
});

test.each([
  ["far beyond the year 9999", 1e15, "9999-12-31T23:59:59.999Z"],
  ["before the year 0", -1e14, "1970-01-01T00:00:00.000Z"],
])("a clock %s gives records that are read back", async (_when, clockMs, at) => {
  const seen = observer({ clock: () => clockMs });
  seen.observe("s", { tool: "a", status: "ok" });
  await seen.close();
  const read = lines().map((line) => readLine(line));
  expect(read).toHaveLength(3);
  for (const each of read) expect(each).toMatchObject({ record: { sourceTimestamp: at } });
});

test("the verdict carries the chain head and root as of its own event", () => {
  const seen = observer();
  const first = seen.observe("s", { tool: "a", status: "ok" });
  const head = first.evidence.chainHead;
  const root = first.evidence.merkleRoot;
  const second = seen.observe("s", { tool: "b", status: "ok" });
  expect(first.evidence.chainHead).toBe(head);
  expect(first.evidence.merkleRoot).toBe(root);
  expect(second.evidence.merkleRoot).not.toBe(root);
  expect(second.evidence.seq).toBe(2);
  expect(JSON.parse(JSON.stringify(first)).evidence).toEqual({
    runId: first.evidence.runId,
    seq: 1,
    chainHead: head,
    merkleRoot: root,
  });
});

test("a loop is alerted at its fourth identical call, and only advice is given", () => {
  const seen = observer();
  const call = {
    tool: "deploy",
    arguments: { target: "staging-cluster" },
    result: "busy",
  } as const;
  const verdicts = Array.from({ length: 6 }, () => seen.observe("s", { ...call, status: "error" }));
  expect(verdicts.map((verdict) => verdict.eventType).slice(3)).toEqual([
    "structural_loop_entered",
    "structural_loop_continues",
    "structural_loop_continues",
  ]);
  expect(verdicts[3]).toMatchObject({ regime: "LOOP", tier: "T5", publicClass: "hard_alert" });
  expect(verdicts[3]?.coordination).toEqual({
    decision: "observe_only",
    allowed_to_block: false,
    advice: "break_loop",
  });
});

test("an unwritable home is told once per kind, and observing goes on", async () => {
  const blocked = join(home, "a-file");
  writeFileSync(blocked, "");
  const problems: ObserverProblem[] = [];
  const seen = observer({
    home: join(blocked, "home"),
    onProblem: (problem) => problems.push(problem),
  });
  const verdict = seen.observe("s", { tool: "a", status: "ok" });
  expect(verdict.evidence.seq).toBe(1);
  await seen.flush();
  seen.observe("s", { tool: "a", status: "ok" });
  await seen.flush();
  await seen.close();
  expect(problems.map((problem) => problem.code)).toEqual([
    "ephemeral_digest_key",
    "ephemeral_writer_key",
    "not_recorded",
  ]);
});

test("a hostile value, an absurd number or a throwing handler never reaches the host", () => {
  const seen = observer({
    onProblem: () => {
      throw new Error("the host's own bug");
    },
  });
  const hostile = new Proxy(
    {},
    {
      ownKeys: () => {
        throw new Error("no");
      },
    },
  );
  const verdict = seen.observe("s", {
    tool: "\u0000".repeat(1000),
    arguments: hostile,
    result: hostile,
    durationMs: Number.NaN,
    inputTokens: -1,
    costUsd: 1e300,
  });
  expect(verdict.step).toBe(1);
  expect(seen.observe("s", { tool: undefined as unknown as string }).step).toBeGreaterThan(0);
});

test("a failure inside of judging is told, and the host still gets an answer", () => {
  const problems: ObserverProblem[] = [];
  const seen = observer({ onProblem: (problem) => problems.push(problem) });
  const broken = {
    get tool(): string {
      throw new Error("no");
    },
  };
  const verdict = seen.observe("s", broken);
  expect(verdict).toMatchObject({ step: 0, publicClass: "none" });
  expect(verdict.coordination.allowed_to_block).toBe(false);
  expect(problems.map((problem) => problem.code)).toEqual(["not_observed"]);
});

test("ids that do not fit the schema become keyed tags", async () => {
  const seen = observer({ agentId: "bad\nid" });
  seen.observe("../../etc", { tool: "a", status: "ok" });
  seen.observe("line\nbreak", { tool: "a", status: "ok" });
  await seen.close();
  const ids = readdirSync(join(home, "runs")).map((run) => {
    const [first = ""] = readFileSync(join(home, "runs", run, "records.ndjson"), "utf8").split(
      "\n",
    );
    return JSON.parse(first);
  });
  expect(ids.map((record) => record.sessionId).sort()).toEqual([
    "../../etc",
    expect.stringMatching(/^x-[0-9a-f]{8}$/),
  ]);
  expect(ids[0].agentId).toMatch(/^x-[0-9a-f]{8}$/);
});

test("what memory cannot keep is assessed, counted, and declared by one drop record", async () => {
  const blocked = join(home, "runs");
  writeFileSync(blocked, "");
  const seen = observer();
  const total = 10_050;
  for (let index = 0; index < total; index++) {
    seen.observe("s", { tool: `tool-${index}`, status: "ok" });
  }
  expect(seen.status.dropped).toBeGreaterThan(0);
  rmSync(blocked);
  await seen.flush();
  seen.observe("s", { tool: "after", status: "ok" });
  const { dropped } = seen.status;
  await seen.close();
  const records = lines().map((line) => JSON.parse(line));
  const drop = records.find((record) => record.payload.type === "drop");
  expect(drop.payload).toMatchObject({ count: dropped, reason: "no_room" });
  expect(records.filter((record) => record.category === "tool_api")).toHaveLength(
    total + 1 - dropped,
  );
  expect(records.at(-1).payload).toMatchObject({ type: "close", dropped });
});

test("closing waits for sessions that somebody closes already", async () => {
  const seen = observer();
  seen.observe("s", { tool: "a", status: "ok" });
  void seen.closeSession("s");
  await seen.close();
  expect(lines().map((line) => JSON.parse(line).payload.type ?? "call")).toEqual([
    "open",
    "call",
    "close",
  ]);
});

test("keys and runs are for their owner only", async () => {
  const seen = observer();
  seen.observe("s", { tool: "a", status: "ok" });
  await seen.close();
  chmodSync(home, 0o755);
  const { statSync } = await import("node:fs");
  const mode = (...path: string[]) => statSync(join(home, ...path)).mode & 0o077;
  expect(mode("keys", "digest.key")).toBe(0);
  expect(mode("keys", "writer.key")).toBe(0);
  expect(mode("runs", readdirSync(join(home, "runs"))[0] ?? "")).toBe(0);
});

test("an event that cannot be recorded is counted in the chain, and nothing follows the close", async () => {
  const seen = observer({ onProblem: () => undefined });
  const session = seen.session("s");
  session.observe({ tool: "a", status: "ok" });
  session.observe({ tool: undefined as unknown as string });
  session.observe({ tool: "b", status: "ok" });
  await session.close();
  session.drop(3, "late");
  await session.end();
  await seen.close();
  const payloads = lines().map((line) => JSON.parse(line).payload);
  expect(payloads.map((payload) => payload.type ?? payload.toolName)).toEqual([
    "open",
    "a",
    "drop",
    "b",
    "close",
  ]);
  expect(payloads[2]).toMatchObject({ count: 1, reason: "failed" });
});
