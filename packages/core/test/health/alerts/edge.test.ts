import { expect, test } from "vitest";
import { followAlert, moveAlert, QUIET } from "../../../src/health/alerts/edge.ts";
import type { Assessment } from "../../../src/health/assessment.ts";
import { Health } from "../../../src/health/health.ts";

const base = new Health().current();

type Moment = readonly [step: number, holds: boolean, hard?: boolean];

function standing(steps: readonly Moment[], dwellSteps = 0): boolean[] {
  let state = QUIET;
  return steps.map(([step, holds, hard]) => {
    const assessment: Assessment = { ...base, step, publicClass: hard ? "hard_alert" : "none" };
    state = moveAlert(state, assessment, holds, dwellSteps);
    return state.standing;
  });
}

test("an alert enters with the step with which its condition begins to hold", () => {
  const moments: readonly Moment[] = [
    [1, false],
    [2, true],
    [3, true],
    [4, false],
    [5, true],
  ];
  expect(standing(moments)).toEqual([false, true, true, false, true]);
});

test("with a dwell it enters when its condition has held for so many steps, and is earned again", () => {
  const moments: readonly Moment[] = [
    [1, true],
    [2, true],
    [3, true],
    [4, false],
    [5, true],
  ];
  expect(standing(moments, 3)).toEqual([false, false, true, false, false]);
});

test("records that are no steps neither count nor end anything", () => {
  const moments: readonly Moment[] = [
    [0, true],
    [1, true],
    [1, true],
    [2, true],
    [2, false],
  ];
  expect(standing(moments, 2)).toEqual([false, false, false, true, true]);
});

test("while a hard rule stands it enters at once", () => {
  const moments: readonly Moment[] = [
    [3, true, false],
    [4, true, true],
  ];
  expect(standing(moments, 3)).toEqual([false, true]);
});

test("everybody is alerted of a loop at once, of tier T4 when it held from step 10 on", () => {
  const alerted = (moments: readonly (readonly [number, Assessment["tier"], boolean?])[]) => {
    let state = QUIET;
    return moments.flatMap(([step, tier, hard]) => {
      const before = state.standing;
      state = followAlert(state, { step, tier, publicClass: hard ? "hard_alert" : "none" });
      return state.standing && !before ? [step] : [];
    });
  };
  const low = (from: number, to: number) =>
    Array.from({ length: to - from + 1 }, (_, at) => [from + at, "T4"] as const);
  expect(alerted(low(1, 40))).toEqual([12]);
  expect(alerted([...low(20, 21), [22, "T3"], ...low(23, 24)])).toEqual([]);
  expect(alerted([...low(1, 3), [4, "T5", true], [5, "T5", true]])).toEqual([4]);
});
