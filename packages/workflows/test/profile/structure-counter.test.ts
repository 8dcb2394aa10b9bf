import { OPS } from "@caum/core/adapter";
import type { StructuralRecord } from "@caum/core/verify";
import { expect, test } from "vitest";
import {
  bucketOf,
  decodeStructure,
  encodeStructure,
  LogHistogram,
  MAX_TOOLS,
  OPERATIONS,
  StructureCounter,
} from "../../src/index.ts";
import { CountedSession, call, recordOf, turn } from "./counted.ts";

const place = (op: (typeof OPERATIONS)[number]) => OPERATIONS.indexOf(op);
const structureAfter = (...records: readonly StructuralRecord[]) =>
  new CountedSession().take(...records).counter.structure;

test("the operations are those of core, in their order", () => {
  expect(OPERATIONS).toEqual(OPS);
});

test("calls are counted by operation, and by which came after which", () => {
  const structure = structureAfter(
    call("Read", "a", "1", { op: "read" }),
    call("Edit", "b", "2", { op: "write" }),
    call("Read", "c", "3", { op: "read" }),
    call("Edit", "d", "4", { op: "write" }),
    call("Odd", "e", "5"),
  );
  expect(structure.calls).toBe(5);
  expect(structure.ops[place("read")]).toBe(2);
  expect(structure.ops[place("write")]).toBe(2);
  expect(structure.ops[place("other")]).toBe(1);
  const after = (from: "read" | "write", to: "read" | "write" | "other") =>
    structure.transitions[place(from) * OPERATIONS.length + place(to)];
  expect(after("read", "write")).toBe(2);
  expect(after("write", "read")).toBe(1);
  expect(after("write", "other")).toBe(1);
  expect(Object.keys(structure.transitions)).toHaveLength(3);
});

test("a failure is the tool's, or the protocol's where its class says so", () => {
  const structure = structureAfter(
    call("t", "a", "1", { status: "error" }),
    call("t", "b", "2", { status: "error", errorClass: "jsonrpc:-32602" }),
    call("t", "c", "3", { status: "error", errorClass: "http:502" }),
    call("t", "d", "4", { status: "not_found" }),
    call("t", "e", "5", { status: "error", errorClass: "TimeoutError" }),
    call("t", "f", "6", { status: "timeout", op: "wait" }),
    call("t", "g", "7", { status: "denied" }),
    call("t", "h", "8", { argumentsSignature: "c{}" }),
  );
  expect(structure.failures).toBe(7);
  expect(structure.denied).toBe(1);
  expect(structure.tools[0]).toMatchObject({ calls: 8, toolErrors: 5, protocolErrors: 2 });
});

test("a retry is the call of a tool again that failed just before, whatever came between", () => {
  const failed = { status: "error" };
  const structure = structureAfter(
    call("t", "a", "1", failed),
    call("u", "x", "2"),
    call("t", "a", "3", failed),
    call("t", "a", "4"),
    call("t", "a", "5"),
    call("t", "b", "6", failed),
    call("t", "c", "7"),
    call("t", "b", "8"),
  );
  expect(structure.retries).toBe(2);
});

test("equal names of two servers are two tools", () => {
  const structure = structureAfter(
    call("t", "a", "1", { serverTag: "one" }),
    call("t", "b", "2", { serverTag: "two" }),
    call("t", "c", "3", { serverTag: "one" }),
  );
  const named = structure.tools.map(({ tool, server, calls }) => ({ tool, server, calls }));
  expect(named).toEqual([
    { tool: "t", server: "one", calls: 2 },
    { tool: "t", server: "two", calls: 1 },
  ]);
});

test("of very many tools the first ones are kept, and all calls are counted", () => {
  const records = Array.from({ length: 40 }, (_, at) => call(`tool-${at}`, `${at}`, `${at}`));
  const structure = structureAfter(...records);
  expect(structure.tools).toHaveLength(MAX_TOOLS);
  expect(structure.tools[0]?.tool).toBe("tool-0");
  expect(structure.calls).toBe(40);
});

test("durations are counted where they are measured, and not where they are a bound", () => {
  const structure = structureAfter(
    call("t", "a", "1", { durationMs: 120 }),
    call("t", "b", "2", { durationMs: 125 }),
    call("t", "c", "3", { durationMs: 9_000, durationIsBound: "lower" }),
    call("t", "d", "4"),
  );
  expect(structure.tools[0]?.durations).toEqual({ [bucketOf(120)]: 2 });
  expect(new LogHistogram(structure.tools[0]?.durations).quantile(0.5)).toBeCloseTo(124, -1);
});

test("a call waits until its end is told, and one that was given up until its answer comes", () => {
  const session = new CountedSession();
  const of = (id: string, status: string) =>
    recordOf("tool_api", { toolName: "t", toolCallId: id, status });
  session.take(of("a", "pending"), of("b", "pending"), of("b", "pending"));
  expect(session.counter.structure).toMatchObject({ pending: 2, calls: 0 });
  session.take(of("a", "ok"));
  expect(session.counter.structure).toMatchObject({ pending: 1, calls: 1 });
  session.take(of("b", "unresolved"));
  expect(session.counter.structure).toMatchObject({ pending: 1, calls: 2 });
  session.take(of("b", "ok"));
  expect(session.counter.structure).toMatchObject({ pending: 0 });
});

test("turns count by model, and as steps where they asked for no tool", () => {
  const structure = structureAfter(
    turn({ model: "m1" }),
    turn({ model: "m1" }),
    turn({ model: "m2", requestedTools: 0, messageHash: "0".repeat(64) }),
    recordOf("reasoning", { kind: "message", status: "ok", role: "user" }),
  );
  expect(structure.models).toEqual({ m1: 2, m2: 1 });
  expect(structure.turns).toBe(1);
});

test("what a loop took is counted from its first step on, by tool, kind, time and tokens", () => {
  const session = new CountedSession();
  session.take(call("Read", "first", "first", { op: "read", durationMs: 5 }));
  const cycle = () => [
    turn({ inputTokens: 10, costNanoUsd: 3 }),
    call("Bash", "npm test", "1 failed", { op: "test", status: "error", durationMs: 100 }),
  ];
  for (let times = 0; times < 12; times++) session.take(...cycle());
  const { structure } = session.counter;
  const { summary } = session;
  expect(summary.loopCount).toBe(1);
  expect(summary.patternSteps).toBeGreaterThan(5);
  const [read, bash] = structure.tools;
  expect(read?.loopSteps).toBe(0);
  expect(bash?.loopSteps).toBe(summary.patternSteps);
  expect(structure.inLoops).toEqual({
    tokens: 10 * summary.patternSteps,
    ms: 100 * summary.patternSteps,
  });
  const [kind, ...others] = structure.loopKinds;
  expect(others).toEqual([]);
  expect(kind).toMatchObject({ tools: ["Bash"], count: 1, steps: summary.patternSteps });
  expect(kind?.costNanoUsd).toBe(summary.loopCostNanoUsd);
  const alertStep = summary.loops[0]?.alertStep ?? 0;
  expect(structure.afterAlert).toEqual({
    steps: summary.steps - alertStep,
    tokens: 10 * (summary.steps - alertStep),
    costNanoUsd: 3 * (summary.steps - alertStep),
    ms: 100 * (summary.steps - alertStep),
  });
});

test("the same loop again is the same kind", () => {
  const session = new CountedSession();
  const fails = { op: "test", status: "error" } as const;
  for (let round = 0; round < 2; round++) {
    for (let times = 0; times < 8; times++) session.take(call("Bash", "t", "1 failed", fails));
    for (let at = 0; at < 30; at++) {
      const other = `${round} ${at}`;
      session.take(call("Read", other, other, { op: "read" }), call("Edit", other, other));
    }
  }
  expect(session.summary.loopCount).toBe(2);
  expect(session.counter.structure.loopKinds).toMatchObject([{ tools: ["Bash"], count: 2 }]);
});

const open = (runId: string, layer: string) =>
  recordOf("lifecycle", { type: "open", layer, view: "full", digestKeyCommitment: "c" }, { runId });

test("a fuller layer begins anew, and what was told of one turn twice counts once", () => {
  const [low, high] = ["1".repeat(32), "2".repeat(32)];
  const of = (runId: string) => ({ runId, sourceFramework: "client" });
  const session = new CountedSession().take(open(low, "door"));
  for (const at of ["a", "b", "c"]) {
    session.take({ ...call("low", at, at), ...of(low) });
    session.take({ ...turn({ model: "m", inputTokens: 5 }), ...of(low) });
  }
  expect(session.counter.structure).toMatchObject({ calls: 3, models: { m: 3 }, client: "client" });
  session.take(open(high, "hook"));
  for (const at of ["a", "b"]) session.take({ ...call("high", at, at), ...of(high) });
  session.take({ ...turn({ model: "m", inputTokens: 5 }), ...of(high) });
  const { structure } = session.counter;
  expect(structure.tools.map(({ tool, calls }) => [tool, calls])).toEqual([["high", 2]]);
  expect(structure.models).toEqual({ m: 3 });
});

test("a counter that was saved as text goes on as if it had not been", () => {
  const records = Array.from({ length: 200 }, (_, at) => [
    turn({ model: "m", inputTokens: at, costNanoUsd: 7 }),
    call("Bash", `${at % 3}`, `${at % 5 === 0}`, { op: "test", status: at % 4 ? "error" : "ok" }),
    call("Read", `${at % 90}`, "same", { op: "read", durationMs: at }),
  ]).flat();
  const straight = new CountedSession().take(...records);
  const stopped = new CountedSession();
  for (const [at, record] of records.entries()) {
    stopped.take(record);
    if (at % 7 !== 0) continue;
    stopped.counter = new StructureCounter(JSON.parse(JSON.stringify(stopped.counter.save())));
  }
  expect(stopped.counter.structure).toEqual(straight.counter.structure);
  expect(straight.summary.loopCount).toBeGreaterThan(0);
});

test("a structure is read as it was written", () => {
  const session = new CountedSession();
  for (let at = 0; at < 30; at++) {
    const more = { op: "test", status: "error", serverTag: "s", durationMs: 10 * at } as const;
    session.take({ ...call("Bash", "t", "failed", more), sourceFramework: "client" });
    session.take(turn({ model: "m" }));
  }
  const { structure } = session.counter;
  expect(structure.loopKinds).toHaveLength(1);
  const text = encodeStructure(structure);
  expect(decodeStructure(text)).toEqual(structure);
  expect(text.length).toBeLessThan(600);
  // What was encoded before is encoded anew where something came to it.
  session.take(call("Bash", "t", "failed", { op: "test", status: "error", serverTag: "s" }));
  const later = session.counter.structure;
  expect(decodeStructure(encodeStructure(later))).toEqual(later);
  expect(later.tools[0]?.calls).toBe(31);
  expect(() => decodeStructure(text.replace("[1,", "[2,"))).toThrow("update caum");
});
