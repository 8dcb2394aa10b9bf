import { expect, test } from "vitest";
import { moveAlert, QUIET } from "../../../src/health/alerts/edge.ts";
import type { Assessment } from "../../../src/health/assessment.ts";
import { Health } from "../../../src/health/health.ts";

const base = new Health().current();

function standing(
  steps: readonly (readonly [step: number, holds: boolean, hard?: boolean])[],
): boolean[] {
  let state = QUIET;
  return steps.map(([step, holds, hard]) => {
    const assessment: Assessment = { ...base, step, publicClass: hard ? "hard_alert" : "none" };
    state = moveAlert(state, assessment, holds);
    return state.standing;
  });
}

test("an alert enters when its condition has held for three steps, counted from step 10", () => {
  const steps = [7, 8, 9, 10, 11, 12, 13].map((step) => [step, true] as const);
  expect(standing(steps)).toEqual([false, false, false, false, false, true, true]);
});

test("events that are no steps do not count", () => {
  expect(
    standing([
      [20, true],
      [20, true],
      [20, true],
      [21, true],
      [22, true],
    ]),
  ).toEqual([false, false, false, false, true]);
});

test("it leaves at once, and must be earned again", () => {
  const steps = [
    [20, true],
    [21, true],
    [22, true],
    [23, false],
    [24, true],
  ] as const;
  expect(standing(steps)).toEqual([false, false, true, false, false]);
});

test("while a hard rule stands it enters at once", () => {
  expect(
    standing([
      [3, true, false],
      [4, true, true],
    ]),
  ).toEqual([false, true]);
});
