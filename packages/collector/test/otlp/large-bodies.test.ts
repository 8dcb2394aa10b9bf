import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LargeBodies } from "../../src/doors/otlp/otlp-body.ts";

beforeEach(() => {
  vi.useFakeTimers();
});
afterEach(() => {
  vi.useRealTimers();
});

test("two are read at a time, the third when one is done", async () => {
  const places = new LargeBodies();
  await places.enter();
  await places.enter();
  let isIn = false;
  const third = places.enter().then(() => {
    isIn = true;
  });
  await vi.advanceTimersByTimeAsync(1_000);
  expect(isIn).toBe(false);
  places.leave();
  await third;
  expect(isIn).toBe(true);
});

test("who waits for too long is asked to come again soon, and takes no place", async () => {
  const places = new LargeBodies(1);
  await places.enter();
  const late = places.enter().catch((failure: unknown) => failure);
  await vi.advanceTimersByTimeAsync(10_000);
  const failure = await late;
  expect(failure).toMatchObject({ status: 503 });
  expect((failure as { retryAfterSeconds: number }).retryAfterSeconds).toBeLessThanOrEqual(5);
  places.leave();
  await places.enter();
});
