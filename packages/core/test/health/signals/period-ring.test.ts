import { beforeEach, expect, test } from "vitest";
import { momentOf } from "../../../src/health/memory/moment.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { everyCall, everyStep } from "../../../src/health/rules/rings.ts";
import { callBeat, stepBeat } from "../../../src/health/signals/beat.ts";

const NOW_MS = 1_700_000_000_000;
let memory = newMemory();
beforeEach(() => {
  memory = newMemory();
});

/** Steps by one letter each; a point is a step of which nothing is known. */
function push(steps: string): void {
  for (const step of steps) {
    everyStep.push(memory, step === "." ? 0 : step.charCodeAt(0));
    const number = stepBeat.count(memory) + 1;
    stepBeat.push(memory, { traits: 0, atMs: NOW_MS + number * 1_000, step: number });
  }
}

test.each([
  ["aaaa", 1, 4, 1],
  ["xaaaa", 1, 4, 2],
  ["ababab", 2, 3, 1],
  ["xyababab", 2, 3, 3],
  ["ababa", 2, 2, 1],
  ["abcabc", 3, 2, 1],
  ["abcdefghabcdefgh", 8, 2, 1],
])("in %s, period %i came %i times, from step %i on", (steps, period, cycles, first) => {
  push(steps);
  expect(everyStep.cycles(memory, period)).toBe(cycles);
  expect(everyStep.firstStep(memory, period)).toBe(first);
  expect(everyStep.firstMoment(memory, period)).toBe(momentOf(first, NOW_MS + first * 1_000));
});

test.each(["abcd", "aba", "....", "a.a.", "abab.", "ababx"])(
  "in %s nothing repeats at the end",
  (steps) => {
    push(steps);
    expect([1, 4].map((period) => everyStep.cycles(memory, period))).toEqual([1, 1]);
  },
);

test.each([
  ["aaaa", 2, true],
  ["aaaa", 3, true],
  ["abababab", 4, true],
  ["abababab", 2, false],
  ["aabaab", 3, false],
  ["xaaaaaaaa", 4, true],
  ["abaaabaa", 4, false],
])("in %s, a divisor explains period %i: %s", (steps, period, expected) => {
  push(steps);
  expect(everyStep.isMultiple(memory, period)).toBe(expected);
});

test("what is cleared must prove itself anew, and no other ring is touched", () => {
  everyCall.push(memory, 7);
  callBeat.push(memory, { traits: 0, atMs: 1, step: 1 });
  push("ababab");
  everyStep.clear(memory);
  expect(Array.from({ length: 8 }, (_, at) => everyStep.matches(memory, at + 1))).toEqual(
    Array(8).fill(0),
  );
  push("ab");
  expect(everyStep.cycles(memory, 2)).toBe(1);
  push("ab");
  expect(everyStep.cycles(memory, 2)).toBe(2);
  everyCall.push(memory, 7);
  expect(everyCall.cycles(memory, 1)).toBe(2);
});

test("a beat has traits, times and numbers of its last eight, and how many there were", () => {
  for (let step = 1; step <= 10; step++) {
    stepBeat.push(memory, { traits: 1 << (step % 4), atMs: NOW_MS + step, step: step * 2 });
  }
  expect(stepBeat.count(memory)).toBe(10);
  expect([0, 7].map((ago) => stepBeat.stepAgo(memory, ago))).toEqual([20, 6]);
  expect([0, 7].map((ago) => stepBeat.timeAgo(memory, ago))).toEqual([NOW_MS + 10, NOW_MS + 3]);
  expect([0, 1, 7].map((ago) => stepBeat.traitsAgo(memory, ago))).toEqual([4, 2, 8]);
  expect([0, 1, 2, 4].map((length) => stepBeat.traits(memory, length))).toEqual([0, 4, 6, 15]);
  expect(stepBeat.momentAgo(memory, 0)).toBe(momentOf(20, NOW_MS + 10));
  expect([callBeat.count(memory), callBeat.stepAgo(memory, 0)]).toEqual([0, 0]);
});
