import fc from "fast-check";
import { expect, test } from "vitest";
import { bucketMiddle, bucketOf, LogHistogram } from "../../src/index.ts";

const values = fc.oneof(fc.nat(2_000), fc.maxSafeNat());

test("buckets are in the order of their numbers, and every number is near the middle of its own", () => {
  fc.assert(
    fc.property(values, values, (one, other) => {
      if (one <= other) expect(bucketOf(one)).toBeLessThanOrEqual(bucketOf(other));
      const middle = bucketMiddle(bucketOf(one));
      expect(Math.abs(middle - one)).toBeLessThanOrEqual(one / 16);
      const coarse = bucketMiddle(bucketOf(one, 2), 2);
      expect(Math.abs(coarse - one)).toBeLessThanOrEqual(one / 4);
    }),
  );
});

test("small numbers have a bucket of their own, and what is no number counts as none", () => {
  for (let value = 0; value < 16; value++) expect(bucketMiddle(bucketOf(value))).toBe(value);
  expect(bucketOf(16)).not.toBe(bucketOf(18));
  expect(bucketOf(-5)).toBe(0);
  expect(bucketOf(Number.NaN)).toBe(0);
  expect(bucketOf(Number.POSITIVE_INFINITY)).toBe(bucketOf(Number.MAX_SAFE_INTEGER));
});

test("a quantile is that of the numbers, up to the width of a bucket", () => {
  fc.assert(
    fc.property(
      fc.array(values, { minLength: 1 }),
      fc.constantFrom(0.01, 0.5, 0.95, 1),
      (all, share) => {
        const histogram = new LogHistogram();
        for (const value of all) histogram.add(value);
        const sorted = all.toSorted((one, other) => one - other);
        const exact = sorted[Math.ceil(share * all.length) - 1] ?? 0;
        expect(histogram.quantile(share)).toBe(bucketMiddle(bucketOf(exact)));
      },
    ),
  );
  expect(new LogHistogram().quantile(0.5)).toBeUndefined();
});

test("what is taken out again leaves nothing behind", () => {
  fc.assert(
    fc.property(fc.array(values), fc.array(values), (stay, go) => {
      const left = new LogHistogram();
      for (const value of [...stay, ...go]) left.add(value);
      for (const value of go) left.add(value, -1);
      const only = new LogHistogram();
      for (const value of stay) only.add(value);
      expect(left.counts).toEqual(only.counts);
      expect(left.total).toBe(stay.length);
      const merged = new LogHistogram(only.counts);
      merged.addAll(only.counts);
      expect(merged.total).toBe(2 * stay.length);
    }),
  );
});
