import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Layer, StructuralRecord, ToolPayload } from "../../../src/capture/record.ts";
import { replay } from "../../../src/health/session/replay.ts";
import { SessionHealth } from "../../../src/health/session/session-health.ts";
import { ToldCalls } from "../../../src/health/session/told-calls.ts";
import { RunBuilder } from "./records.ts";

/** Every pair of layers, the fuller one first. */
const PAIRS: readonly (readonly [Layer, Layer])[] = [
  ["framework", "hook"],
  ["framework", "model"],
  ["framework", "mcp"],
  ["hook", "model"],
  ["hook", "mcp"],
  ["model", "mcp"],
  ["framework", "telemetry"],
  ["hook", "telemetry"],
  ["mcp", "telemetry"],
];

function observeAll(records: readonly StructuralRecord[]): SessionHealth {
  const session = new SessionHealth();
  for (const record of records) session.observe(record);
  return session;
}

function closed(records: readonly StructuralRecord[]) {
  return [...replay(records)].at(-1);
}

const idOf = (call: number) => call.toString(16).padStart(8, "0").padEnd(32, "0");

interface TwoLayers {
  readonly outer: RunBuilder;
  readonly inner: RunBuilder;
  readonly inTime: readonly StructuralRecord[];
}

/** Calls a second apart; the inner layer hears of an end 40 ms before the outer one does. */
function twoLayers(
  [fuller, lesser]: readonly [Layer, Layer],
  calls: readonly { readonly outer: boolean; readonly inner: boolean; readonly text: string }[],
  more: { readonly key?: string; readonly status?: ToolPayload["status"] } = {},
): TwoLayers {
  const outer = new RunBuilder("a", fuller);
  const view = lesser === "telemetry" ? "full" : "one_server";
  const inner = new RunBuilder("b", lesser, view, more.key);
  for (const [index, call] of calls.entries()) {
    const facts = { toolCallId: idOf(index), status: more.status ?? "ok" };
    if (call.inner) inner.call(index * 1_000, "read", call.text, facts);
    if (call.outer) outer.call(index * 1_000 + 40, "server__read", call.text, facts);
  }
  const inTime = [...outer.records.slice(1), ...inner.records.slice(1)].sort((a, b) =>
    a.sourceTimestamp < b.sourceTimestamp ? -1 : 1,
  );
  return { outer, inner, inTime };
}

describe.each(PAIRS)("a call that %s and %s tell of", (...pair) => {
  const both = (text: string) => ({ outer: true, inner: true, text });

  test("is one step, whichever comes first", () => {
    const calls = Array.from({ length: 12 }, (_, n) => both(`text ${n}`));
    const { outer, inner } = twoLayers(pair, calls);
    for (const records of [
      [...outer.records, ...inner.records],
      [...inner.records, ...outer.records],
    ]) {
      expect(observeAll(records).current().step).toBe(12);
      expect(closed(records)?.step).toBe(12);
    }
  });

  test("is one step in any order of arrival, and judged like at the close", () => {
    const seen = fc.constantFrom<[boolean, boolean]>([true, true], [true, false], [false, true]);
    const calls = fc.array(
      fc
        .tuple(seen, fc.nat(3))
        .map(([[outer, inner], text]) => ({ outer, inner, text: `${text}` })),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(
        calls,
        fc.array(fc.nat(1_800), { minLength: 60, maxLength: 60 }),
        (told, late) => {
          const { outer, inner, inTime } = twoLayers(pair, told);
          const opens = [outer.records[0]!, inner.records[0]!];
          // Each run comes in its own order; the runs overtake each other by up to two seconds.
          const delays = { [outer.records[0]!.runId]: 0, [inner.records[0]!.runId]: 0 };
          const arrival = inTime
            .map((record, index) => {
              const at = Date.parse(record.sourceTimestamp) + (late[index] ?? 0);
              delays[record.runId] = Math.max(delays[record.runId] ?? 0, at);
              return { record, at: delays[record.runId] ?? at };
            })
            .sort((a, b) => a.at - b.at)
            .map(({ record }) => record);
          const records = [...opens, ...arrival];
          const { eventType: _, ...live } = observeAll(records).current();
          expect(live.step).toBe(told.length);
          expect(closed(records)).toMatchObject(live);
          expect(closed([...records].reverse())).toEqual(closed(records));
        },
      ),
      { numRuns: 30 },
    );
  });

  test("counts where the fuller one missed it: a loop of calls that failed is seen", () => {
    const missed = { outer: false, inner: true, text: "the same text" };
    const calls = [both("one"), both("two"), ...Array.from({ length: 6 }, () => missed)];
    const { outer, inner, inTime } = twoLayers(pair, calls, { status: "error" });
    const records = [outer.records[0]!, inner.records[0]!, ...inTime];
    expect(observeAll(records).current()).toMatchObject({ step: 8, publicClass: "hard_alert" });
    expect(closed(records)).toMatchObject({ step: 8, publicClass: "hard_alert" });
  });

  test("is evidence only where it cannot be known again", () => {
    const calls = Array.from({ length: 6 }, () => both("the same text"));
    const foreign = twoLayers(pair, calls, { key: "another key" });
    expect(observeAll([...foreign.outer.records, ...foreign.inner.records]).current().step).toBe(6);
    const { outer } = twoLayers(pair, calls);
    const nameless = new RunBuilder("b", pair[1], "one_server");
    for (const [index, { text }] of calls.entries()) {
      // Such a writer gives ids of its own to the calls that take long.
      const own = index % 2 === 1 ? { toolCallId: idOf(900 + index) } : {};
      nameless.call(index * 1_000, "read", text, own);
    }
    const records = [...outer.records, ...nameless.records];
    expect(observeAll(records).current().step).toBe(6);
    expect(closed(records)?.step).toBe(6);
  });
});

test("a proxy's calls stay judged when hooks of the same client come later", () => {
  const calls = Array.from({ length: 5 }, () => ({ outer: false, inner: true, text: "same" }));
  const { outer, inner } = twoLayers(["hook", "mcp"], calls, { status: "error" });
  const session = observeAll(inner.records);
  const before = session.current();
  expect(before.step).toBe(5);
  session.observe(outer.records[0]!);
  expect(session.current()).toEqual(before);
});

test("a call whose end comes late is one, though its writer said before that it was unresolved", () => {
  const { outer, inner } = twoLayers(["hook", "mcp"], [{ outer: false, inner: true, text: "a" }]);
  const facts = { toolCallId: idOf(7) };
  inner
    .call(2_000, "read", "b", { ...facts, status: "unresolved" })
    .call(3_000, "read", "b", facts);
  outer.call(3_040, "server__read", "b", facts);
  const records = [...outer.records, ...inner.records];
  expect(observeAll(records).current().step).toBe(2);
  expect(closed(records)?.step).toBe(2);
});

test("requests of the protocol have no id of a call, and make no run nameless", () => {
  const { outer, inner } = twoLayers(["hook", "mcp"], [{ outer: false, inner: true, text: "a" }]);
  inner.call(5_000, "mcp:resources/read", "b");
  inner.call(6_000, "read", "c", { toolCallId: idOf(7) });
  const records = [...outer.records, ...inner.records];
  expect(observeAll(records).current().step).toBe(2);
  expect(closed(records)?.step).toBe(2);
});

test("one id for several calls is as many calls as one layer tells of", () => {
  const told = new ToldCalls();
  const add = (...tellings: string[]) => tellings.filter((telling) => told.add(telling)).length;
  expect(add("same    1", "same    1", "same    3", "same    3", "same    3")).toBe(3);
  expect(add("other   3", "other   1", "other   0")).toBe(1);
});

test("what is remembered of calls is bounded, and forgets the oldest", () => {
  const told = new ToldCalls();
  for (let call = 0; call < 10_000; call += 1) told.add(`${idOf(call).slice(0, 8)}1`);
  expect(told.save().length).toBeLessThan(2_000);
  expect([told.add(`${idOf(9_999).slice(0, 8)}3`), told.add(`${idOf(1).slice(0, 8)}3`)]).toEqual([
    false,
    true,
  ]);
});

test("two layers are restored exactly, at any record", () => {
  const calls = Array.from({ length: 10 }, (_, n) => ({
    outer: n % 3 !== 0,
    inner: n % 4 !== 0 || n % 3 === 0,
    text: `${n % 2}`,
  }));
  const { outer, inner, inTime } = twoLayers(["hook", "mcp"], calls);
  const records = [inner.records[0]!, ...inTime.slice(0, 3), outer.records[0]!, ...inTime.slice(3)];
  const whole = new SessionHealth();
  const expected = records.map((record) => whole.observe(record));
  for (let at = 0; at < records.length; at += 1) {
    let session = new SessionHealth();
    const assessments = records.map((record, index) => {
      if (index === at) session = SessionHealth.restore(JSON.parse(JSON.stringify(session.save())));
      return session.observe(record);
    });
    expect(assessments).toEqual(expected);
  }
});
