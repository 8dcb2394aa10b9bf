import * as fc from "fast-check";
import { expect, test } from "vitest";
import { timestampAt } from "../../src/capture/timestamp.ts";

const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

test("times are written as a Date writes them, in whatever order they are asked for", () => {
  const near = fc.double({ min: 1.7e12, max: 1.7e12 + 5_000, noNaN: true });
  const any = fc.double({ min: 0, max: LAST_MS, noNaN: true });
  fc.assert(
    fc.property(fc.oneof(near, any), (ms) => {
      expect(timestampAt(ms)).toBe(new Date(ms).toISOString());
    }),
  );
});

test("what is no time is refused", () => {
  expect(() => timestampAt(Number.NaN)).toThrow(RangeError);
});
