/** Whether time says that somebody waits: gaps in seconds, latest first. */
import { describe, expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import {
  backsOff,
  keepsWaiting,
  learnRhythm,
  saysAsMuch,
  slowsDown,
} from "../../../src/health/signals/rhythm.ts";

test.each([
  ["two that grew by the same factor", [8, 4, 2], 3, true],
  ["two that grew by 1.4", [3.92, 2.8, 2], 3, true],
  ["one that grew by less", [3.91, 2.8, 2], 3, false],
  ["factors of up to 1.5 between them", [12.6, 6, 4.2], 3, true],
  ["factors of more than that", [20, 6, 4], 3, false],
  ["such a factor, the other way round", [6, 4, 1.8], 3, true],
  ["more than such a factor, the other way round", [6, 4, 1.7], 3, false],
  ["the latest of under three seconds", [2.9, 1.45, 0.7], 3, false],
  ["the first unknown", [8, 4, 0], 3, false],
  ["one of them before the pattern", [8, 4, 2], 2, false],
  ["three that grew by 1.2, the first from outside", [5.2, 4.3, 3.5, 2.9], 2, true],
  ["three of which one grew by less", [5.2, 4.4, 3.5, 2.9], 2, false],
  ["three that grew, the first of under three seconds", [4.3, 3.5, 2.9, 2.4], 2, false],
  ["three that grew, the earliest unknown", [5.2, 4.3, 3.5], 2, false],
  ["equal ones", [9, 9, 9, 9], 3, false],
  ["none", [], 3, false],
])("gaps slow down, or not: %s", (_what, seconds, inPattern, expected) => {
  expect(
    slowsDown(
      seconds.map((gap) => gap * 1_000),
      inPattern,
    ),
  ).toBe(expected);
});

test.each([
  [10_000, 10_000, true],
  [8_000, 10_000, true],
  [7_999, 10_000, false],
  [3_000, 3_000, true],
  [2_999, 3_000, false],
])("a gap of %i ms belongs to a wait whose longest was %i ms: %s", (gap, slowest, expected) => {
  expect(keepsWaiting(gap, slowest)).toBe(expected);
});

describe("a failing call", () => {
  const call = (memory: Float64Array, atMs: number, { again = true, resultBytes = 100 } = {}) =>
    learnRhythm(memory, again, { kind: "call", tool: "t", atMs, resultBytes });

  test.each([
    [100, 164, true],
    [100, 165, false],
    [100, 36, true],
    [100, 35, false],
    [1_000, 1_200, true],
    [1_000, 1_201, false],
    [1_000, 799, false],
  ])("that said %i bytes says as much with %i: %s", (before, after, expected) => {
    const memory = newMemory();
    call(memory, 1, { resultBytes: before });
    expect(saysAsMuch(memory, after)).toBe(expected);
  });

  test.each([
    ["later each time", [0, 2_000, 6_000, 14_000], true],
    ["at one pace", [0, 4_000, 8_000, 12_000], false],
    ["later twice only", [0, 2_000, 6_000], false],
    ["later, but for a clock that was set back", [0, 2_000, 1_000, 9_000], false],
  ])("that is made again %s backs off: %s", (_how, times, expected) => {
    const memory = newMemory();
    for (const [index, atMs] of times.entries()) {
      call(memory, 1_000_000 + atMs, { again: index > 0 });
    }
    expect(backsOff(memory)).toBe(expected);
  });

  test("that is another one begins anew", () => {
    const memory = newMemory();
    for (const atMs of [0, 2_000, 6_000, 14_000]) call(memory, 1_000_000 + atMs);
    expect(backsOff(memory)).toBe(true);
    call(memory, 1_030_000, { again: false });
    expect(backsOff(memory)).toBe(false);
    // The gaps of the one before say nothing of this one.
    call(memory, 1_062_000);
    expect(backsOff(memory)).toBe(false);
  });
});
