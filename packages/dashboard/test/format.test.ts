import { expect, test } from "vitest";
import { clock, duration, moment, ruleWords } from "../src/parts/format.ts";

test("a time of another day carries its day, one of today does not", () => {
  const at = new Date(2026, 3, 3, 10, 15, 20).getTime();
  expect(moment(at, at + 60_000)).toBe("10:15:20");
  expect(moment(at, new Date(2026, 3, 4, 0, 0, 1).getTime())).toBe("3 Apr 10:15:20");
  expect(clock(at)).toBe("10:15:20");
});

test("a duration is told in the unit that fits it", () => {
  const told = [999, 1_500, 90_000, 5_400_000].map(duration);
  expect(told).toEqual(["999 ms", "1.5 s", "1.5 min", "1.5 h"]);
});

test("a loop is told by its rule and its cycle, where it has one", () => {
  const told = [0, 1, 3].map((period) => ruleWords({ rule: "no_progress", period }));
  expect(told).toEqual([
    "no progress",
    "no progress, one step a cycle",
    "no progress, 3 steps a cycle",
  ]);
});
