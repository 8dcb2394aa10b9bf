import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { paced } from "../src/ledger/paced.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("what is asked for all the time is done once in each pause, and at last", () => {
  const work = vi.fn(async () => {});
  const refresh = paced(work, 2_000);
  refresh.ask();
  expect(work).toHaveBeenCalledTimes(1);
  for (let ms = 0; ms < 10_000; ms += 100) {
    refresh.ask();
    vi.advanceTimersByTime(100);
  }
  expect(work).toHaveBeenCalledTimes(6);
  vi.advanceTimersByTime(10_000);
  const after = work.mock.calls.length;
  expect(after).toBeLessThanOrEqual(7);
  vi.advanceTimersByTime(10_000);
  expect(work).toHaveBeenCalledTimes(after);
  refresh.ask();
  expect(work).toHaveBeenCalledTimes(after + 1);
});

test("what was stopped is not done any more", () => {
  const work = vi.fn(async () => {});
  const refresh = paced(work, 2_000);
  refresh.ask();
  refresh.ask();
  refresh.stop();
  vi.advanceTimersByTime(10_000);
  expect(work).toHaveBeenCalledTimes(1);
});
