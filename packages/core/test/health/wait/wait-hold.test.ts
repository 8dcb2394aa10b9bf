/** Whether a pattern that repeats is a wait, since when, and for how long it is believed. */
import { describe, expect, test } from "vitest";
import { SLOT } from "../../../src/health/memory/layout.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import {
  everyStep,
  turnRings,
  waitingCycles,
  waitingSince,
} from "../../../src/health/rules/rings.ts";
import { identify } from "../../../src/health/step/identity.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { firstWaitStep, longestWait, waitCycles } from "../../../src/health/wait/wait-hold.ts";

const START_MS = 1_700_000_000_000;
const LOOK: Partial<Step> = { tool: "job", op: "wait" };

/** Calls, each with how many seconds after the one before it comes. */
function memoryOf(
  calls: readonly (readonly [seconds: number, facts?: Partial<Step>])[],
  startMs = START_MS,
) {
  const memory = newMemory();
  let atMs = startMs;
  for (const [index, [seconds, facts = {}]] of calls.entries()) {
    atMs += seconds * 1_000;
    const clock = startMs === 0 ? {} : { atMs };
    const step: Step = {
      kind: "call",
      tool: "t",
      argumentsNorm: "a",
      resultNorm: "r",
      resultBytes: 9,
      ...clock,
      ...facts,
    };
    memory[SLOT.number] = index + 1;
    turnRings(memory, step, identify(step), index > 0);
  }
  return memory;
}
const looks = (count: number, seconds: number, facts: Partial<Step> = LOOK) =>
  Array.from({ length: count }, () => [seconds, facts] as const);

test.each([
  ["a look that waits every 10 s", looks(5, 10), 5],
  ["every 9.9 s, nothing else being known", looks(5, 9.9), 0],
  ["two of them", looks(2, 10), 2],
  ["one of them", looks(1, 10), 0],
  ["a look that fails and may pass, at one pace", looks(5, 30, { ...LOOK, status: "error" }), 0],
  [
    "a look that is denied, later each time",
    [2, 4, 8, 16, 32].map((gap) => [gap, { ...LOOK, status: "denied" }] as const),
    0,
  ],
  [
    "a call that fails and may pass, later each time",
    [2, 4, 8, 16, 32].map((gap) => [gap, { status: "error" }] as const),
    5,
  ],
  ["a call, later each time", [2, 4, 8, 16, 32].map((gap) => [gap, {}] as const), 5],
  ["a fetch every 20 s", looks(5, 20, { op: "net" }), 5],
  ["a fetch every 19.9 s", looks(5, 19.9, { op: "net" }), 0],
  ["two fetches every 20 s: too few to tell", looks(2, 20, { op: "net" }), 0],
  ["a change every 20 s", looks(5, 20, { op: "write" }), 0],
] as const)("%s: a wait of %i cycles", (_what, calls, cycles) => {
  const memory = memoryOf(calls as never);
  expect([waitingCycles(memory), longestWait(memory, everyStep)]).toEqual([cycles, cycles]);
});

test("a wait began with its first look, whatever came before it", () => {
  const before = Array.from({ length: 4 }, (_, at) => [5, { argumentsNorm: `new ${at}` }] as const);
  const memory = memoryOf([...before, ...looks(5, 30)]);
  expect([waitingSince(memory), firstWaitStep(memory, everyStep)]).toEqual([5, 5]);
  expect(waitingSince(memoryOf(before))).toBeUndefined();
});

test("of a cycle of two looks, the wait is that cycle, and began with it", () => {
  const cycle = [
    [30, { ...LOOK, argumentsNorm: "one" }],
    [1, { ...LOOK, argumentsNorm: "two" }],
  ] as const;
  const memory = memoryOf([[5, { argumentsNorm: "new" }], ...cycle, ...cycle, ...cycle]);
  expect([waitCycles(memory, everyStep, 1), waitCycles(memory, everyStep, 2)]).toEqual([0, 3]);
  expect([waitingCycles(memory), waitingSince(memory)]).toEqual([3, 2]);
});

test.each([
  ["read", 3, 3],
  ["write", 3, 0],
  ["act", 3, 0],
  ["write", 2, 3],
] as const)(
  "a sleep and a %s, in cycles of %i steps, is a wait of %i cycles",
  (op, period, cycles) => {
    const cycle = Array.from(
      { length: period },
      (_, at) =>
        [at === 0 ? 30 : 1, at === 0 ? LOOK : { op, argumentsNorm: `step ${at}` }] as const,
    );
    expect(waitingCycles(memoryOf([...cycle, ...cycle, ...cycle]))).toBe(cycles);
  },
);

describe("what was a wait", () => {
  const wait = looks(6, 60, { op: "net" });

  test.each([
    ["goes on at four fifths of its longest gap", [48, 48], 8],
    ["goes on no more at less", [40, 30, 15, 10], 0],
  ])("%s", (_what, gaps, cycles) => {
    const calls = [...wait, ...gaps.map((gap) => [gap, { op: "net" }] as const)];
    expect(waitCycles(memoryOf(calls), everyStep, 1)).toBe(cycles);
  });

  test("is over with another call", () => {
    expect(waitingCycles(memoryOf([...wait, [60, { argumentsNorm: "other" }]]))).toBe(0);
  });

  test("is none with a clock that was set back, nor without one", () => {
    const setBack = memoryOf([...wait, [-5, { op: "net" }]]);
    expect(waitCycles(setBack, everyStep, 1)).toBe(0);
    expect(waitingCycles(memoryOf(looks(5, 60), 0))).toBe(0);
  });
});

test.each([
  ["59 looks a minute apart", looks(59, 60), 59],
  ["60 looks a minute apart, of an hour", looks(60, 60), 0],
  ["60 looks of less than an hour", looks(60, 58), 60],
  ["60 looks that come fast", looks(60, 15), 0],
])("%s: a wait of %i cycles", (_what, calls, cycles) => {
  expect(waitCycles(memoryOf(calls), everyStep, 1)).toBe(cycles);
});
