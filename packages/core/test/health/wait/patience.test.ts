/** Calls of which little is known are a wait, or not, by their times alone. */
import { expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { callBeat } from "../../../src/health/signals/beat.ts";
import { TRAIT } from "../../../src/health/step/trait.ts";
import { learnPace } from "../../../src/health/wait/pace.ts";
import { isPatient } from "../../../src/health/wait/patience.ts";

const START_MS = 1_000_000;

/** Calls with so many seconds between them, in a session that else takes two seconds a step. */
function calls(gaps: readonly number[], { paceS = 2 } = {}): Float64Array {
  const memory = newMemory();
  for (let step = 0; paceS > 0 && step < 8; step++) {
    learnPace(memory, START_MS + step * paceS * 1_000, true);
  }
  let atMs = START_MS + 100_000;
  callBeat.push(memory, { traits: 0, atMs, step: 1 });
  for (const [index, gap] of gaps.entries()) {
    atMs += gap * 1_000;
    callBeat.push(memory, { traits: 0, atMs, step: index + 2 });
  }
  return memory;
}

const RUN = 0;
test.each([
  ["every 20 s, as nothing else of the session", [20, 20, 20, 20], RUN, true],
  ["every 20 s but once", [20, 20, 19, 20], RUN, false],
  ["every 20 s, four of them only", [20, 20, 20], RUN, false],
  ["every 20 s, and that change something", [20, 20, 20, 20], TRAIT.write, false],
  ["every 20 s, and that move something", [20, 20, 20, 20], TRAIT.act, false],
  ["every 20 s, and that fail", [20, 20, 20, 20], TRAIT.failing, false],
  ["every 10 s, and that ask how something stands", [10, 10, 10, 10], TRAIT.wait, true],
  ["every 9 s, and that ask, far more seldom than the work", [9, 9, 9, 9], TRAIT.wait, true],
  ["every 2.9 s, and that ask", [2.9, 2.9, 2.9, 2.9], TRAIT.wait, false],
  ["every 9 s, and that ask nothing", [9, 9, 9, 9], RUN, false],
  ["later each time", [1, 3, 6, 12], RUN, true],
  ["later each time, and that fail", [1, 3, 6, 12], TRAIT.failing, true],
  ["with a clock that was set back", [20, 20, -1, 40, 20, 20], RUN, false],
  ["with a clock that was set back before", [20, -1, 20, 20, 20, 20], RUN, true],
] as const)("calls that come %s are patient: %s", (_what, gaps, traits, expected) => {
  expect(isPatient(calls(gaps), traits)).toBe(expected);
});

test("a slow session is not patient, and of one whose pace is not known only looks elsewhere are", () => {
  const gaps = [60, 60, 60, 60];
  expect(isPatient(calls(gaps, { paceS: 60 }), RUN)).toBe(false);
  expect(isPatient(calls(gaps, { paceS: 0 }), RUN)).toBe(false);
  expect(isPatient(calls(gaps, { paceS: 0 }), TRAIT.remote)).toBe(true);
});

test("without a clock nobody is patient", () => {
  const memory = newMemory();
  for (let step = 1; step <= 6; step++) callBeat.push(memory, { traits: 0, atMs: 0, step });
  expect(isPatient(memory, TRAIT.wait)).toBe(false);
});
