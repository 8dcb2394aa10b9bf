/** Whether a gap is long for the session itself. */
import { expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { learnPace, paceOf } from "../../../src/health/wait/pace.ts";

/** A session whose new steps took so long to come, in seconds. */
function paced(...gaps: readonly number[]): Float64Array {
  const memory = newMemory();
  let atMs = 1_000_000;
  learnPace(memory, atMs, true);
  for (const gap of gaps) {
    atMs += gap * 1_000;
    learnPace(memory, atMs, true);
  }
  return memory;
}

test.each([
  ["nothing is known", [], 60, 1.5, 0, "unknown"],
  ["all that is known is the pattern's own", [5, 5], 60, 1.5, 2, "unknown"],
  ["it is as long as the factor says", [4], 6, 1.5, 0, "slower"],
  ["it is a little less than that", [4], 5.9, 1.5, 0, "usual"],
  ["half of the gaps are so much shorter", [1, 1, 9, 9], 6, 1.5, 0, "slower"],
  ["less than half of them are", [1, 9, 9, 9, 1], 6, 1.5, 0, "usual"],
  ["it is so beside those before the pattern", [1, 1, 9, 9, 9], 6, 1.5, 3, "slower"],
  ["it is so beside the last eight", [9, 9, 9, 9, 9, 9, 9, 9, 1, 1, 1, 1], 6, 1.5, 0, "slower"],
  ["it is not so beside the last eight", [1, 1, 1, 1, 9, 9, 9, 9, 9, 9, 9, 9], 6, 1.5, 0, "usual"],
] as const)("a gap is long, or not, where %s", (_what, gaps, seconds, factor, skip, expected) => {
  expect(paceOf(paced(...gaps), seconds * 1_000, factor, skip)).toBe(expected);
});

test("what comes again, or before, or at no time, tells nothing of the pace", () => {
  const memory = newMemory();
  learnPace(memory, undefined, true);
  learnPace(memory, 50_000, true);
  learnPace(memory, 90_000, false);
  learnPace(memory, undefined, true);
  learnPace(memory, 80_000, true);
  expect(paceOf(memory, 60_000, 1.5, 0)).toBe("unknown");
  // From where the clock stands since.
  learnPace(memory, 84_000, true);
  expect([paceOf(memory, 6_000, 1.5, 0), paceOf(memory, 5_999, 1.5, 0)]).toEqual([
    "slower",
    "usual",
  ]);
});

test("two steps at one time are a pace, too", () => {
  expect(paceOf(paced(0), 0, 1.5, 0)).toBe("slower");
});
