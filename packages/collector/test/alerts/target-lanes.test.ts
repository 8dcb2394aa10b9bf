import { expect, test } from "vitest";
import { TargetLanes } from "../../src/alerts/target-lanes.ts";

/** How many attempts a target takes at once. */
function widthOf(lanes: TargetLanes): number {
  const attempts: Promise<void>[] = [];
  while (!lanes.full.includes("rule") && attempts.length < 100) {
    const attempt = Promise.resolve();
    attempts.push(attempt);
    lanes.add("rule", attempt);
  }
  for (const attempt of attempts) lanes.remove("rule", attempt);
  return attempts.length;
}

test("a target has one attempt at once until it takes one, and again when it fails", () => {
  const lanes = new TargetLanes();
  expect(widthOf(lanes)).toBe(1);
  lanes.note("rule", true);
  expect(widthOf(lanes)).toBe(8);
  lanes.note("rule", false);
  expect(widthOf(lanes)).toBe(1);
  expect(lanes.size).toBe(0);
});
