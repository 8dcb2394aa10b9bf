/** The one way into the store, as the contract of all stores and by itself. */

import type { StructuralRecord } from "@caum/core/verify";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { posesAsCollector } from "../../src/ingest/door-run.ts";
import type { Intake, RecordsOutcome } from "../../src/ingest/intake.ts";
import { recordRun } from "../native-lines.ts";
import { event, ruleOf } from "../store/alert-store.ts";
import { eventOf } from "../store/tenant-events.ts";
import { type StoreUnderTest, storeContract } from "../store-contract.ts";
import { alertContract } from "../store-contract-alerts.ts";
import { chainContract } from "../store-contract-chains.ts";
import { loopContract } from "../store-contract-loops.ts";
import { openHere } from "./open-here.ts";

describe("records and events", () => storeContract(openHere));
describe("alerts", () => alertContract(openHere));
describe("chains of senders", () => chainContract(openHere));
describe("loops", () => loopContract(openHere));

const NOW = Date.parse("2026-01-01T00:00:00Z");
const KEYS = { digestKeyId: "test", digestKeyCommitment: "c".repeat(64) };

let subject: StoreUnderTest;
beforeEach(async () => {
  subject = await openHere();
});
afterEach(() => subject.dispose());

const submit = (intake: Intake) => subject.store.submit(intake);
const viewOf = async (id: string) => {
  const view = await subject.store.reader.session(1, id);
  if (view === undefined || "gone" in view) throw new Error("no such session");
  return view;
};

function records(sessionId: string, runId: string, lines: readonly string[]) {
  const place = { tenant: 1, receivedMs: Date.now(), sessionId, runId, lines };
  const intake: Intake = { kind: "records", asksStandings: true, ...place };
  // Records are answered with such an outcome unless they are refused, and then the test fails.
  return submit(intake) as Promise<RecordsOutcome>;
}

describe("native lines", () => {
  test("are accepted in their order, each with how the session stood after it", async () => {
    const { runId, lines } = await recordRun("s", 6);
    const first = await records("s", runId, lines.slice(0, 4));
    expect(first).toMatchObject({ accepted: 4, results: [], nextSeq: 4, rulesFired: [] });
    expect(first.standings?.map((standing) => standing?.step)).toEqual([0, 1, 2, 3]);
    const again = await records("s", runId, lines.slice(3, 6));
    expect(again).toMatchObject({ accepted: 2, nextSeq: 6, head: { size: 6, runs: 1 } });
    expect(again.results).toEqual([{ line: 1, status: "duplicate", seq: 3 }]);
    expect(again.standings?.map((standing) => standing?.step)).toEqual([undefined, 4, 5]);
    const gap = await records("s", runId, lines.slice(7));
    expect(gap.results).toEqual([
      { line: 1, status: "gap", seq: 7, expected: 6 },
      { line: 2, status: "gap", seq: 8, expected: 6 },
    ]);
    expect(gap).toMatchObject({ accepted: 0, nextSeq: 6, runHead: again.runHead });
    await records("s", runId, lines.slice(6));
    const view = await viewOf("s");
    expect(view).toMatchObject({ ended: true, resolved: true, runs: 1 });
    expect(view.facts).toMatchObject({ agentId: "native-agent", workflow: "native" });
    expect(view.origins).toMatchObject({ layers: ["framework"], views: ["full"] });
    expect(view.firstMs).toBeLessThanOrEqual(view.activeMs);
  });

  test("that follow one which was set aside are set aside with it, until the run goes on", async () => {
    const { runId, lines } = await recordRun("s", 4);
    const other = await recordRun("s", 4);
    const forged = other.lines.map((line) => line.replaceAll(other.runId, runId));
    await records("s", runId, lines.slice(0, 2));
    const aside = await records("s", runId, forged.slice(2, 4));
    expect(aside.results.map(({ status }) => status)).toEqual(["fork", "fork"]);
    expect(aside).toMatchObject({ accepted: 0, nextSeq: 2 });
    expect(await subject.store.reader.forks(1, "s")).toMatchObject([
      { run: runId, seq: 2, reason: "link" },
      { run: runId, seq: 3, reason: "link" },
    ]);
    await records("s", runId, lines.slice(2, 4));
    const later = await records("s", runId, forged.slice(5));
    expect(later.results.map(({ status }) => status)).toEqual(["gap", "gap"]);
    const old = await records("s", runId, forged.slice(1, 2));
    expect(old.results).toEqual([{ line: 1, status: "fork", seq: 1 }]);
    // What contradicts something old says nothing of what comes next.
    const ahead = await records("s", runId, lines.slice(5));
    expect(ahead.results.map(({ status }) => status)).toEqual(["gap", "gap"]);
  });

  test("of a session that was deleted are refused, and so is all else", async () => {
    const { runId, lines } = await recordRun("s", 1);
    await records("s", runId, lines);
    await subject.store.administer({ kind: "delete_session", tenant: 1, sessionId: "s" });
    const gone = { kind: "refused", code: "GONE" };
    expect(await records("s", runId, lines)).toEqual(gone);
    expect(await submit(eventOf(1, "s"))).toEqual(gone);
    expect(await submit(end({}))).toEqual(gone);
  });
});

function end(more: object): Intake {
  return { kind: "end", tenant: 1, receivedMs: NOW, sessionId: "s", keys: KEYS, ...more };
}

describe("the end of a session", () => {
  test("is told once, unless it is told anew whether the work was done", async () => {
    await submit(eventOf(1, "s"));
    const sizes: number[] = [];
    for (const [more, resolved] of [
      [{}, undefined],
      [{ resolved: true }, true],
      [{ resolved: true }, true],
      [{}, true],
      [{ resolved: false }, false],
    ] as const) {
      expect(await submit(end(more))).toMatchObject({ kind: "head", workYield: 1 });
      const view = await viewOf("s");
      expect([view.ended, view.resolved]).toEqual([true, resolved]);
      sizes.push(view.tree.size);
    }
    expect(sizes).toEqual([3, 4, 4, 4, 5]);
  });

  test("of a session that nobody began is not found", async () => {
    expect(await submit(end({}))).toEqual({ kind: "refused", code: "NOT_FOUND" });
  });

  test("may bring labels, which take the place of none that was given before", async () => {
    await submit(eventOf(1, "s", { facts: { agentId: "agent", workflow: "given" } }));
    await submit(end({ labels: { workflow: "later", cohort: "after" } }));
    const marked = { workflow: "given", cohort: "after", isMarkedAtEnd: true };
    expect((await viewOf("s")).facts).toMatchObject(marked);
    await submit(end({ labels: { cohort: "before" } }));
    expect((await viewOf("s")).facts).toMatchObject(marked);
  });

  test("begins a new attempt with the next event, but not with what telemetry tells late", async () => {
    await submit(eventOf(1, "s"));
    await submit(end({ resolved: true }));
    expect(await submit(eventOf(1, "s", { layer: "telemetry" }))).toMatchObject({
      how: "appended",
    });
    const before = await viewOf("s");
    expect(before).toMatchObject({ segment: 1, segmentStart: 0 });
    await submit(end({}));
    expect(await submit(eventOf(1, "s"))).toMatchObject({ how: "new_segment" });
    const view = await viewOf("s");
    expect(view).toMatchObject({ segment: 2, ended: false, resolved: undefined });
    expect(view.segmentStart).toBe(view.tree.size - 1);
  });
});

test("a token's session begins with the collector's own run, which says what is known of it", async () => {
  const facts = { agentId: "agent", agentName: "Coder", team: "t", workflow: "w" };
  const token = { hash: "a".repeat(64), expiresMs: NOW + 1_000 };
  const made = { kind: "create_tenant", tenantKind: "account", plan: "self_hosted" } as const;
  const ulid = "01ARZ3NDEKTSV4RRFFQ69G5FAV";
  const created = await subject.store.administer({ ...made, ulid, createdMs: NOW });
  const tenant = created.kind === "done" ? created.value : 0;
  const start = { kind: "start", tenant, receivedMs: NOW, sessionId: "s" } as const;
  const answer = await submit({ ...start, facts, keys: KEYS, token });
  expect(answer).toMatchObject({ kind: "head", head: { sessionId: "s", size: 1, runs: 1 } });
  const [open] = await subject.store.reader.records(tenant, "s", 0, 10);
  const record = JSON.parse(open?.line ?? "");
  expect(record).toMatchObject({ agentId: "agent", sessionId: "s", category: "lifecycle" });
  expect(record.runId).toMatch(/^c[0-9a-f]{31}$/);
  expect(record.payload).toMatchObject({
    type: "open",
    writer: "caum-collector",
    layer: "door",
    view: "full",
    ...KEYS,
    agentName: "Coder",
    team: "t",
    workflow: "w",
    seq: 0,
  });
  expect(await subject.store.reader.token(token.hash)).toMatchObject({ tenant, sessionId: "s" });
});

test("records of the collector's own run are numbered one after the other", async () => {
  for (let at = 0; at < 3; at++) await submit(eventOf(1, "s"));
  await submit(end({}));
  const lines = (await subject.store.reader.records(1, "s", 0, 10)).map(({ line }) => line);
  expect(lines.map((line) => JSON.parse(line).payload.seq)).toEqual([0, 1, 2, 3, 4]);
});

test.each([
  ["a run id that begins as ours do", { runId: `c${"0".repeat(31)}` }, true],
  ["another run id", {}, false],
  ["the layer of our doors", { payload: { type: "open", layer: "door", writer: "w" } }, true],
  ["the layer of telemetry", { payload: { type: "open", layer: "telemetry", writer: "w" } }, true],
  ["our name", { payload: { type: "open", layer: "mcp", writer: "caum-collector" } }, true],
  ["another name", { payload: { type: "open", layer: "mcp", writer: "w" } }, false],
  ["another record", { payload: { type: "close", layer: "door" } }, false],
])("a record with %s poses as the collector's: %s", (_what, more, expected) => {
  // Only what is looked at is true of it.
  const record = { runId: "0".repeat(32), payload: {}, ...more } as unknown as StructuralRecord;
  expect(posesAsCollector(record)).toBe(expected);
});

test("an alert tells what repeats, since when and for how much; a rule of another version is passed over", async () => {
  const rules = [ruleOf("rule"), ruleOf("later", { condition: "a word of tomorrow" })];
  await subject.store.administer({ kind: "add_rules", tenant: 1, rules, max: 50 });
  for (let at = 0; at < 5; at++) await submit(event(1, "s"));
  const alerts = await subject.store.reader.alerts(1, { limit: 9 });
  expect(alerts).toHaveLength(1);
  expect(alerts[0]).toMatchObject({
    rule: "rule",
    status: "due",
    facts: {
      agent: "agent",
      team: "team",
      taskTag: null,
      step: 4,
      regime: "LOOP",
      tier: "T5",
      costNanoUsd: 20,
      isTest: false,
      story: {
        word: "begins",
        pattern: { rule: "periodic", period: 1, cycles: 4 },
        tools: ["tool"],
        sinceMs: NOW,
        nowMs: NOW,
        costNanoUsd: 20,
      },
    },
  });
});

test("of steps with one number, equal ones are one, and a first one begins a new attempt", async () => {
  const step = (number: number, body: string) =>
    submit(eventOf(1, "s", { step: { number, body }, asksRoot: true }));
  const first = await step(1, "a");
  expect(first).toMatchObject({ how: "appended", conflict: false, index: 1 });
  expect(await step(2, "b")).toMatchObject({ how: "appended" });
  expect(await step(1, "a")).toEqual({ ...first, how: "repeated" });
  expect(await step(2, "c")).toMatchObject({ how: "other_body", conflict: true });
  expect(await step(2, "c")).toMatchObject({ how: "repeated", conflict: false });
  expect(await step(1, "d")).toMatchObject({ how: "new_segment", conflict: false });
  expect(await viewOf("s")).toMatchObject({ segment: 2 });
  // The numbers of the attempt before are forgotten.
  expect(await step(2, "b")).toMatchObject({ how: "appended" });
});
