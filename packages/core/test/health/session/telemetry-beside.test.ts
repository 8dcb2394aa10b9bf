import fc from "fast-check";
import { expect, test } from "vitest";
import type { StructuralRecord } from "../../../src/capture/record.ts";
import { replay } from "../../../src/health/session/replay.ts";
import { SessionHealth } from "../../../src/health/session/session-health.ts";
import { RunBuilder } from "./records.ts";

const idOf = (call: number) => call.toString(16).padStart(8, "0").padEnd(32, "0");

function judged(records: readonly StructuralRecord[]) {
  const session = new SessionHealth();
  for (const record of records) session.observe(record);
  return [session.current(), [...replay(records)].at(-1)];
}

/** What telemetry of most clients says of a call: neither its arguments nor its result. */
const BARE = ["argumentsHash", "argumentsBytes", "resultHash"] as const;

/** Six equal calls that fail, told by hooks and by telemetry that comes earlier or later. */
function loop(aheadMs: readonly number[]) {
  const hooks = new RunBuilder("a", "hook");
  const telemetry = new RunBuilder("b", "telemetry");
  for (const [call, ahead] of aheadMs.entries()) {
    const facts = { toolCallId: idOf(call), status: "error" } as const;
    const atMs = 1_000 + call * 1_000;
    hooks.call(atMs, "search", "the same", facts);
    telemetry.call(atMs - ahead, "search", "the same", facts, BARE);
  }
  return { hooks: hooks.records, telemetry: telemetry.records };
}

const inTime = (records: readonly StructuralRecord[]) =>
  records.toSorted((a, b) => (a.sourceTimestamp < b.sourceTimestamp ? -1 : 1));

test("a loop that hooks and telemetry tell of by turns is judged as the hooks alone tell it", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: -400, max: 400 }), { minLength: 6, maxLength: 6 }),
      (ahead) => {
        const { hooks, telemetry } = loop(ahead);
        const [alone] = judged(hooks);
        expect(alone).toMatchObject({ step: 6, publicClass: "hard_alert" });
        const arrivals = [
          [...hooks, ...telemetry],
          [...telemetry, ...hooks],
          inTime([...hooks, ...telemetry]),
        ];
        for (const records of arrivals) {
          for (const found of judged(records)) {
            expect(found).toMatchObject({ step: 6, publicClass: "hard_alert" });
          }
          expect(judged(records)[1]).toEqual(judged(hooks)[1]);
        }
      },
    ),
    { numRuns: 20 },
  );
});

test("hooks that give calls no ids are judged alone, whichever is told first", () => {
  const hooks = new RunBuilder("a", "hook");
  const telemetry = new RunBuilder("b", "telemetry");
  for (let call = 0; call < 6; call += 1) {
    hooks.call(call * 1_000, "search", "the same", { status: "error" });
    telemetry.call(call * 1_000, "search", "the same", { toolCallId: idOf(call), status: "error" });
  }
  const { records: first } = hooks;
  const { records: second } = telemetry;
  for (const records of [
    [...first, ...second],
    [...second, ...first],
    inTime([...first, ...second]),
  ]) {
    for (const found of judged(records)) expect(found?.step).toBe(6);
  }
});

test("a call that telemetry alone tells of is judged beside those of the hooks", () => {
  const hooks = new RunBuilder("a", "hook").call(1_000, "read", "a", { toolCallId: idOf(1) });
  const telemetry = new RunBuilder("b", "telemetry")
    .call(1_100, "read", "a", { toolCallId: idOf(1) })
    .call(2_000, "write", "b", { toolCallId: idOf(2), status: "denied" });
  for (const records of [
    [...hooks.records, ...telemetry.records],
    [...telemetry.records, ...hooks.records],
  ]) {
    for (const found of judged(records)) expect(found?.step).toBe(2);
  }
});

test("beside a proxy that is told no ids, telemetry is judged where no server was called", () => {
  const proxy = new RunBuilder("a", "mcp", "one_server");
  const telemetry = new RunBuilder("b", "telemetry");
  for (let call = 0; call < 6; call += 1) {
    const atMs = call * 1_000;
    const failed = { status: "error", op: "act", serverTag: "srv" } as const;
    telemetry.call(atMs, "bash", `${call}`, { toolCallId: idOf(100 + call) });
    proxy.call(atMs + 500, "boom", "the same", failed);
    telemetry.call(atMs + 500, "boom", "", { ...failed, toolCallId: idOf(call) }, BARE);
  }
  const [alone] = judged(proxy.records);
  for (const records of [
    [...proxy.records, ...telemetry.records],
    inTime([...proxy.records, ...telemetry.records]),
  ]) {
    for (const found of judged(records)) expect(found?.step).toBe(12);
  }
  expect(alone).toMatchObject({ step: 6, publicClass: "hard_alert" });
  expect(judged([...telemetry.records, ...proxy.records])[1]?.step).toBe(12);
});

test("beside a proxy that is told ids, each call counts once", () => {
  const proxy = new RunBuilder("a", "mcp", "one_server");
  const telemetry = new RunBuilder("b", "telemetry");
  for (let call = 0; call < 6; call += 1) {
    const failed = { status: "error", serverTag: "srv", toolCallId: idOf(call) } as const;
    proxy.call(call * 1_000, "boom", "the same", failed);
    telemetry.call(call * 1_000 + (call % 2 === 0 ? 9 : -9), "boom", "", failed, BARE);
    telemetry.call(call * 1_000 + 500, "bash", `${call}`, { toolCallId: idOf(100 + call) });
  }
  for (const records of [
    [...proxy.records, ...telemetry.records],
    [...telemetry.records, ...proxy.records],
  ]) {
    for (const found of judged(records)) expect(found?.step).toBe(12);
  }
});

test("what is saved beside telemetry is restored exactly, at any record", () => {
  const { hooks, telemetry } = loop([100, -100, 300, -300, 5, -5]);
  const records = inTime([...hooks, ...telemetry]);
  const whole = new SessionHealth();
  const expected = records.map((record) => whole.observe(record));
  for (let at = 0; at < records.length; at += 1) {
    let session = new SessionHealth();
    const found = records.map((record, index) => {
      if (index === at) session = SessionHealth.restore(JSON.parse(JSON.stringify(session.save())));
      return session.observe(record);
    });
    expect(found).toEqual(expected);
  }
});
