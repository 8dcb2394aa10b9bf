import fc from "fast-check";
import { expect, test } from "vitest";
import { chanceOfMore } from "../../src/statistics/exact-test.ts";

/** n over k, as a whole number of any size. */
function choose(n: number, k: number): bigint {
  let ways = 1n;
  for (let at = 1; at <= k; at++) ways = (ways * BigInt(n - k + at)) / BigInt(at);
  return ways;
}

/** The same from the definition: every table with these margins, counted whole. */
function counted(first: readonly [number, number], second: readonly [number, number]): number {
  const yeses = first[0] + second[0];
  const waysOf = (count: number) =>
    count > second[1] || yeses - count > first[1] || count > yeses
      ? 0n
      : choose(second[1], count) * choose(first[1], yeses - count);
  let more = waysOf(second[0]);
  for (let count = second[0] + 1; count <= yeses; count++) more += 2n * waysOf(count);
  return Number(more) / (2 * Number(choose(first[1] + second[1], yeses)));
}

const chance = (first: readonly [number, number], second: readonly [number, number]) =>
  chanceOfMore({ count: first[0], of: first[1] }, { count: second[0], of: second[1] });

test("the tasting of tea is the published one", () => {
  // Fisher (1935): one of four against three of four; P = 17/70, of which the table itself is 16/70.
  expect(chance([1, 4], [3, 4])).toBeCloseTo(9 / 70, 12);
});

test("is what counting all tables gives", () => {
  const sample = fc.nat(40).chain((of) => fc.tuple(fc.nat(of), fc.constant(of)));
  fc.assert(
    fc.property(sample, sample, (first, second) => {
      if (first[1] === 0 || second[1] === 0) return;
      expect(chance(first, second)).toBeCloseTo(counted(first, second), 10);
    }),
  );
});

test("holds for samples of any size", () => {
  expect(chance([50_000, 1_000_000], [50_000, 1_000_000])).toBeCloseTo(0.5, 6);
  expect(chance([0, 1_000_000], [1_000_000, 1_000_000])).toBe(0);
  expect(chance([1_000_000, 1_000_000], [0, 1_000_000])).toBe(1);
  expect(chance([0, 0], [3, 4])).toBe(1);
});

test.each([
  [200, 200],
  [1_000, 200],
  [100, 30],
  [30, 30],
])("finds equal shares of %i and %i sessions different in at most 6 of 100 cases", (m, n) => {
  let most = 0;
  for (const share of [0.001, 0.01, 0.02, 0.05, 0.1, 0.2, 0.35, 0.5]) {
    const [first, second] = [binomial(m, share), binomial(n, share)];
    let found = 0;
    for (const [one, ofOne] of first.entries()) {
      // The more looping sessions, the surer: everything from the first that is found is found.
      if (ofOne < 1e-9) continue;
      let [low, high] = [0, n + 1];
      while (low < high) {
        const middle = (low + high) >> 1;
        if (chance([one, m], [middle, n]) < 0.05) high = middle;
        else low = middle + 1;
      }
      for (let more = low; more <= n; more++) found += ofOne * (second[more] ?? 0);
    }
    most = Math.max(most, found);
  }
  expect(most).toBeGreaterThan(0.03);
  expect(most).toBeLessThan(0.06);
});

function binomial(of: number, share: number): readonly number[] {
  let log = of * Math.log(1 - share);
  return Array.from({ length: of + 1 }, (_, count) => {
    if (count > 0) log += Math.log(((of - count + 1) * share) / (count * (1 - share)));
    return Math.exp(log);
  });
}
