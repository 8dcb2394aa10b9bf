import { expect, test } from "vitest";
import { momentOf, stepAt, timeAt } from "../../../src/health/memory/moment.ts";

const NOW_MS = 1_700_000_000_000;

test.each([
  ["to the second", 7, NOW_MS + 999, NOW_MS],
  ["of the first second", 1, 1_000, 1_000],
  ["none before it", 1, 999, undefined],
  ["none without a clock", 3, 0, undefined],
  ["none of a clock before 1970", 3, -5_000, undefined],
  ["until the year 2106", 3, (2 ** 32 - 1) * 1_000, (2 ** 32 - 1) * 1_000],
  ["none after it", 3, 2 ** 32 * 1_000, undefined],
  ["at two million steps", 2_000_000, NOW_MS, NOW_MS],
])("a step and its time are one number, the time %s", (_what, step, atMs, expected) => {
  const moment = momentOf(step, atMs);
  expect({ step: stepAt(moment), time: timeAt(moment) }).toEqual({ step, time: expected });
});

test("of no moment, no time is known", () => {
  expect(timeAt(Number.POSITIVE_INFINITY)).toBeUndefined();
});

test("a later step is a later moment, whatever its time", () => {
  expect(momentOf(8, 0)).toBeGreaterThan(momentOf(7, NOW_MS));
  expect(momentOf(7, NOW_MS)).toBeGreaterThan(momentOf(7, NOW_MS - 1_000));
});
