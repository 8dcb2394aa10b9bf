import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quantile, shareDifference, shareInterval, shift } from "../../src/statistics/intervals.ts";

const Z95 = 1.959964;

describe("Wilson's interval", () => {
  test("is the published one", () => {
    // Newcombe (1998), Statistics in Medicine 17, 857-872, table I, method 3.
    const published = [
      [81, 263, 0.2553, 0.3662],
      [15, 148, 0.0624, 0.1605],
      [0, 20, 0, 0.1611],
      [1, 29, 0.0061, 0.1718],
    ] as const;
    for (const [count, of, low, high] of published) {
      const interval = shareInterval(count, of, Z95);
      expect(interval.low).toBeCloseTo(low, 4);
      expect(interval.high).toBeCloseTo(high, 4);
    }
  });

  test("holds its estimate and stays between 0 and 1", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 5_000 }), fc.nat(5_000), (of, some) => {
        const { estimate, low, high } = shareInterval(some % (of + 1), of, Z95);
        expect(low).toBeGreaterThanOrEqual(0);
        expect(high).toBeLessThanOrEqual(1);
        expect(low).toBeLessThanOrEqual(estimate + 1e-12);
        expect(high).toBeGreaterThanOrEqual(estimate - 1e-12);
      }),
    );
  });
});

describe("Newcombe's interval of a difference", () => {
  test("is the published one", () => {
    // Newcombe (1998), Statistics in Medicine 17, 873-890, table II, method 10: p1 - p2.
    const published = [
      [56, 70, 48, 80, 0.0524, 0.3339],
      [9, 10, 3, 10, 0.1705, 0.809],
      [10, 10, 0, 10, 0.6075, 1],
    ] as const;
    for (const [a, m, b, n, low, high] of published) {
      const second = shareInterval(a, m, Z95);
      const first = shareInterval(b, n, Z95);
      const difference = shareDifference(first, second);
      expect(difference.low).toBeCloseTo(low, 4);
      expect(difference.high).toBeCloseTo(high, 4);
    }
  });

  test("turns around with its samples", () => {
    const [one, two] = [shareInterval(3, 25, Z95), shareInterval(14, 40, Z95)];
    const [there, back] = [shareDifference(one, two), shareDifference(two, one)];
    expect(there.low).toBeCloseTo(-back.high, 12);
    expect(there.high).toBeCloseTo(-back.low, 12);
  });
});

describe("the shift between two samples", () => {
  const values = fc.array(fc.integer({ min: -1_000, max: 1_000 }), {
    minLength: 20,
    maxLength: 40,
  });

  test("of a sample and the same sample moved is the move", () => {
    fc.assert(
      fc.property(values, fc.integer({ min: -500, max: 500 }), (sample, move) => {
        const moved = sample.map((value) => value + move);
        const { estimate, low, high } = shift(sample, moved, Z95);
        expect(estimate).toBeCloseTo(move, 9);
        expect(low).toBeLessThanOrEqual(move);
        expect(high).toBeGreaterThanOrEqual(move);
      }),
    );
  });

  test("does not depend on the order, and turns around with its samples", () => {
    fc.assert(
      fc.property(values, values, (first, second) => {
        const there = shift(first, second, Z95);
        expect(shift(first.toReversed(), second.toSorted(), Z95)).toEqual(there);
        const back = shift(second, first, Z95);
        expect(back.low).toBeCloseTo(-there.high, 9);
        expect(back.high).toBeCloseTo(-there.low, 9);
      }),
    );
  });

  test("is hardly moved by one session that ran away", () => {
    const first = Array.from({ length: 30 }, (_, at) => at);
    const second = first.map((value) => value + 100);
    const { estimate } = shift(first, [...second, 1e9], Z95);
    expect(estimate).toBeGreaterThan(99);
    expect(estimate).toBeLessThan(103);
  });

  test("covers a true shift as often as it says", () => {
    // A fixed generator: the share below is the same in every run.
    let state = 12_345;
    const random = () => {
      state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
      return state / 0x7fffffff;
    };
    /** Skewed, as numbers of steps are. */
    const sample = (size: number, move: number) =>
      Array.from({ length: size }, () => 10 / (0.05 + random()) + move);
    let covered = 0;
    const rounds = 400;
    for (let round = 0; round < rounds; round++) {
      const { low, high } = shift(sample(20, 0), sample(25, 7), Z95);
      if (low <= 7 && 7 <= high) covered += 1;
    }
    expect(covered / rounds).toBeGreaterThan(0.92);
    expect(covered / rounds).toBeLessThan(0.98);
  });
});

test("quantiles lie between the values around them", () => {
  expect(quantile([1, 2, 3, 4], 0.5)).toBe(2.5);
  expect(quantile([5], 0.25)).toBe(5);
  expect(quantile([0, 10], 0.25)).toBe(2.5);
});
