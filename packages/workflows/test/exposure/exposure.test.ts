import { expect, test } from "vitest";
import { exposureReport } from "../../src/index.ts";
import { profileOf } from "../compare/profile-of.ts";

const MONDAY_MS = Date.UTC(2026, 10, 23);
const DAY_MS = 86_400_000;

const looped = {
  loops: 1,
  loopCostNanoUsd: 30,
  costNanoUsd: 100,
  tokens: 1_000,
  durationMs: 5_000,
};
const spent = {
  inLoops: { tokens: 400, ms: 2_000 },
  afterAlert: { steps: 3, tokens: 250, costNanoUsd: 20, ms: 1_500 },
};

test("what was spent in loops and after the alert is summed over the sessions that say it", () => {
  const { all } = exposureReport(
    [profileOf(looped, spent), profileOf(looped, spent), profileOf({ tokens: 70 })],
    10,
  );
  expect(all).toEqual({
    sessions: 3,
    loopingSessions: 2,
    alertedSessions: 2,
    tokens: { known: 3, total: 2_070, inLoops: 800, afterAlert: 500 },
    costNanoUsd: { known: 2, total: 200, inLoops: 60, afterAlert: 40 },
    durationMs: { known: 2, total: 10_000, inLoops: 4_000, afterAlert: 3_000 },
  });
});

test("of a session that says nothing nothing is known, also of its loops", () => {
  const { all } = exposureReport([profileOf({ loops: 1, loopCostNanoUsd: 30 }, spent)], 10);
  const unknown = { known: 0, total: 0, inLoops: 0, afterAlert: 0 };
  expect(all).toMatchObject({ tokens: unknown, costNanoUsd: unknown, durationMs: unknown });
});

test("a part is never more than the whole", () => {
  const { all } = exposureReport([profileOf({ tokens: 100, loops: 1 }, spent)], 10);
  expect(all.tokens).toEqual({ known: 1, total: 100, inLoops: 100, afterAlert: 100 });
});

test("a week begins on a Monday in UTC", () => {
  const at = (startedMs: number) => profileOf({ startedMs });
  const { weeks } = exposureReport(
    [
      at(MONDAY_MS + 7 * DAY_MS),
      at(MONDAY_MS),
      at(MONDAY_MS + 7 * DAY_MS - 1),
      at(MONDAY_MS - 1),
      at(0),
    ],
    10,
  );
  expect(weeks.map(({ name, sessions }) => [name, sessions])).toEqual([
    ["1969-12-29", 1],
    ["2026-11-16", 1],
    ["2026-11-23", 2],
    ["2026-11-30", 1],
  ]);
});

test("tasks are named, the most exposed first; sessions without one come last", () => {
  const of = (taskTag: string | undefined, loopCostNanoUsd: number) =>
    profileOf({ ...looped, loopCostNanoUsd, ...(taskTag !== undefined && { taskTag }) });
  const profiles = [of("task_a", 10), of(undefined, 90), of("task_b", 50), of("task_c", 0)];
  const { tasks, otherTasks } = exposureReport(profiles, 2);
  expect(tasks.map(({ name }) => name)).toEqual(["task_b", "task_a", undefined]);
  expect(otherTasks).toBe(1);
});
