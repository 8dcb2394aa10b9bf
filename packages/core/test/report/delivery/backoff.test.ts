import { expect, test } from "vitest";
import { Backoff } from "../../../src/report/delivery/backoff.ts";

function backoff(random = 1) {
  const clock = { now: 1_000 };
  return { clock, backoff: new Backoff({ now: () => clock.now, random: () => random }) };
}

test("the wait doubles from half a second, and the breaker opens after five failures", () => {
  const { backoff: wait } = backoff();
  const waits = Array.from({ length: 6 }, () => {
    wait.failed();
    return wait.waitMs;
  });
  expect(waits).toEqual([500, 1_000, 2_000, 4_000, 60_000, 60_000]);
  expect(wait.isOpen).toBe(true);
});

test("the wait is drawn from nothing to its bound, so that clients do not come back together", () => {
  const { backoff: wait } = backoff(0.25);
  wait.failed();
  wait.failed();
  expect(wait.waitMs).toBe(250);
});

test("what the collector asks for wins, and an answer ends it", () => {
  const { clock, backoff: wait } = backoff();
  wait.failed(7_000);
  expect(wait.waitMs).toBe(7_000);
  clock.now += 7_000;
  expect(wait.waitMs).toBe(0);
  expect(wait.isProbing).toBe(true);
  wait.succeeded();
  expect(wait.isProbing).toBe(false);
});
