import { expect, test } from "vitest";
import { type AlertMemory, UNTOLD } from "../../../src/health/alerts/alert-memory.ts";
import { followLoop, GOES_ON_MS } from "../../../src/health/alerts/follow-loop.ts";

const MINUTE_MS = 60_000;

/** What is said, by step: `!` is a step with which the rule fires, `x` one of the loop, `.` another. */
function words(course: string, stepMs: number, isOver = false): string[] {
  let memory: AlertMemory = UNTOLD;
  return [...course].flatMap((sign, at) => {
    const followed = followLoop(memory, {
      fires: sign === "!",
      holds: sign !== ".",
      isOver: isOver && at === course.length - 1,
      step: at,
      nowMs: at * stepMs,
    });
    memory = followed.memory;
    return followed.word === undefined ? [] : [`${at} ${followed.word}`];
  });
}

test("a loop is told of once, and once more when it has been over for some steps", () => {
  expect(words(`!xxx${".".repeat(20)}`, 1_000)).toEqual(["0 begins", "12 ended"]);
});

test("a loop that comes back at once is the same loop", () => {
  expect(words(`!xx...xx...!x${".".repeat(20)}`, 1_000)).toEqual(["0 begins", "21 ended"]);
});

test("after 15 minutes it is told that the loop goes on, and nothing more", () => {
  const course = `!${"x".repeat(60)}${".".repeat(20)}`;
  const at = GOES_ON_MS / MINUTE_MS;
  expect(words(course, MINUTE_MS)).toEqual(["0 begins", `${at} goes_on`]);
});

test("the end of the session is the end of its loop", () => {
  expect(words("!xxx", 1_000, true)).toEqual(["0 begins", "3 ended"]);
});

test("a new loop is new", () => {
  expect(words(`!x${".".repeat(9)}!x`, 1_000)).toEqual(["0 begins", "10 ended", "11 begins"]);
});
