import { expect, test } from "vitest";
import { RateLimit } from "../../src/tenants/rate-limit.ts";

test("a sender may burst, then waits, and others are not held up", () => {
  let now = 0;
  const limit = new RateLimit(10, 20, () => now);
  expect(limit.take("a", 20)).toBeUndefined();
  expect(limit.take("a", 5)).toBe(1);
  expect(limit.take("b", 5)).toBeUndefined();
  now += 500;
  expect(limit.take("a", 5)).toBeUndefined();
});

test("a batch larger than the burst passes when the sender has waited", () => {
  let now = 0;
  const limit = new RateLimit(10, 20, () => now);
  expect(limit.take("a", 1_000)).toBeUndefined();
  expect(limit.take("a", 1)).toBeGreaterThan(90);
  now += 200_000;
  expect(limit.take("a", 1_000)).toBeUndefined();
});

test("a clock that steps back neither fills nor empties a bucket", () => {
  let now = 1_000_000;
  const limit = new RateLimit(10, 20, () => now);
  limit.take("a", 20);
  now = 0;
  expect(limit.take("a", 1)).toBe(1);
});

test("no limit is no limit", () => {
  expect(new RateLimit(0, 0, () => 0).take("a", 1e9)).toBeUndefined();
});
