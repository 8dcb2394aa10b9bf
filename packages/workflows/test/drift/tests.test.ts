import { expect, test } from "vitest";
import { CHANNELS, columnsOf } from "../../src/drift/reading/channel.ts";
import { LEVELS, levelOf, shareOf } from "../../src/drift/reading/level.ts";
import { binaryDigits } from "../../src/drift/statistics/binary-digits.ts";
import {
  meanEstimate,
  medianEstimate,
  shareEstimate,
} from "../../src/drift/statistics/interval.ts";
import { atLeast, atLeastBelieved, atMost } from "../../src/drift/statistics/rare-test.ts";
import { EASIER_LEVEL, LEVEL, thresholdOf } from "../../src/drift/statistics/thresholds.ts";
import { randomFrom } from "./sessions.ts";

test("Fisher's test counts the ways of drawing", () => {
  // Of 40, 8 are marked and 10 drawn: the sum of C(8, k) * C(32, 10 - k) / C(40, 10) from 5 on.
  expect(atLeast(5, 10, 8, 40)).toBeCloseTo(0.014539, 6);
  expect(atLeast(0, 10, 8, 40)).toBeCloseTo(1, 10);
  expect(atMost(10, 10, 8, 40)).toBeCloseTo(1, 10);
  // All of five are marked, and none of sixty others: one way of choosing five of 65.
  expect(atLeast(5, 5, 5, 65) * 8_259_888).toBeCloseTo(1, 6);
});

test("both tails of Fisher's test cover all that can happen", () => {
  for (let marked = 1; marked <= 6; marked++) {
    const both = atLeast(marked, 12, 9, 50) + atMost(marked - 1, 12, 9, 50);
    expect(both).toBeCloseTo(1, 10);
  }
});

test("a belief that is sure of a rate counts as a binomial", () => {
  const sure = { happened: 1e7, not: 19e7 };
  // 1 - 0.95^40 - 40 * 0.05 * 0.95^39
  expect(atLeastBelieved(2, 40, sure)).toBeCloseTo(0.600_9, 3);
  expect(atLeastBelieved(0, 40, sure)).toBe(1);
});

test("a belief that knows little makes many loops less surprising", () => {
  const little = atLeastBelieved(3, 20, { happened: 0.5, not: 10 });
  const much = atLeastBelieved(3, 20, { happened: 5, not: 100 });
  expect(little).toBeGreaterThan(much);
});

test("binary digits are exact for halves and close between them", () => {
  expect(binaryDigits(1)).toBe(0);
  expect(binaryDigits(1 / 1_024)).toBe(10);
  for (const chance of [0.9, 0.3, 0.01, 3e-7]) {
    expect(Math.abs(binaryDigits(chance) + Math.log2(chance))).toBeLessThan(0.09);
  }
});

test("each channel's threshold is the normal quantile of its share of the level", () => {
  for (const channel of CHANNELS) {
    if (channel === "loops") continue;
    const { rare, ranks, both } = thresholdOf(channel);
    const isEasier = channel === "order" || channel === "retries";
    expect(rare).toBe((isEasier ? EASIER_LEVEL : LEVEL) / columnsOf(channel).columns);
    expect((2 * upperTail(Math.sqrt(ranks))) / rare).toBeCloseTo(1, 1);
    expect(both.rare).toBe(rare / 2);
    expect((2 * upperTail(Math.sqrt(both.ranks))) / both.rare).toBeCloseTo(1, 1);
  }
  expect(() => thresholdOf("loops")).toThrow(RangeError);
});

test("levels go up with the share, and stand for a share of their own", () => {
  expect([levelOf(0), levelOf(1)]).toEqual([0, LEVELS - 1]);
  for (let level = 0; level < LEVELS; level++) expect(levelOf(shareOf(level))).toBe(level);
});

test("an interval covers the truth 95 times in 100", () => {
  const random = randomFrom(5);
  const covered = { share: 0, median: 0, mean: 0 };
  const runs = 2_000;
  for (let run = 0; run < runs; run++) {
    const values = Array.from({ length: 20 }, random);
    const marked = values.filter((value) => value < 0.2).length;
    if (covers(shareEstimate(marked, 20), 0.2)) covered.share += 1;
    if (covers(medianEstimate(values), 0.5)) covered.median += 1;
    if (covers(meanEstimate(values), 0.5)) covered.mean += 1;
  }
  for (const count of Object.values(covered)) {
    expect(count / runs).toBeGreaterThan(0.93);
    expect(count / runs).toBeLessThan(0.985);
  }
});

const covers = ({ low, high }: { low: number; high: number }, truth: number): boolean =>
  low <= truth && truth <= high;

/** By summing the density: slow, and near enough. */
function upperTail(z: number): number {
  let sum = 0;
  const step = 1e-3;
  for (let at = z + step / 2; at < z + 8; at += step) sum += Math.exp((-at * at) / 2) * step;
  return sum / Math.sqrt(2 * Math.PI);
}
