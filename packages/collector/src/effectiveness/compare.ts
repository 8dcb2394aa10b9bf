/** Compares two samples, figure by figure. */
import type { amountComparison, shareComparison } from "@caum/core/protocol";
import { type Estimate, quantile, shareDifference, shareInterval, shift } from "@caum/workflows";
import type { z } from "zod";
import { roundedAmount } from "../http/told-figures.ts";
import type { SessionView } from "../store/store.ts";

/** Fewer known values in either cohort say too little for an interval. */
export const MIN_KNOWN = 20;
export const CONFIDENCE = 0.95;
/**
 * All seven intervals together hold with 95 %: each alone with 1 - 0.05 / 7 (Bonferroni), which is
 * this quantile of the normal distribution.
 */
const Z = 2.690109527;

type ShareComparison = z.input<typeof shareComparison>;
type AmountComparison = z.input<typeof amountComparison>;
type Difference = ShareComparison["difference"];

export function compareShares(
  before: readonly SessionView[],
  after: readonly SessionView[],
  of: (session: SessionView) => boolean | undefined,
): ShareComparison {
  const told = [before, after].map((sessions) => knownOf(sessions, of)) as [boolean[], boolean[]];
  const [first, second] = told.map(intervalOf) as [Estimate, Estimate]; // Two in, two out.
  return {
    before: shareOf(told[0], first),
    after: shareOf(told[1], second),
    difference: isEnough(told) ? differenceOf(shareDifference(first, second)) : null,
  };
}

export function compareAmounts(
  before: readonly SessionView[],
  after: readonly SessionView[],
  of: (session: SessionView) => number | undefined,
): AmountComparison {
  const told = [before, after].map((sessions) => knownOf(sessions, of)) as [number[], number[]];
  return {
    before: amountOf(told[0]),
    after: amountOf(told[1]),
    difference: isEnough(told) ? differenceOf(shift(...told, Z)) : null,
  };
}

function knownOf<T>(
  sessions: readonly SessionView[],
  of: (session: SessionView) => T | undefined,
): T[] {
  return sessions.map(of).filter((value) => value !== undefined);
}

function isEnough([before, after]: readonly [readonly unknown[], readonly unknown[]]): boolean {
  return Math.min(before.length, after.length) >= MIN_KNOWN;
}

function intervalOf(told: readonly boolean[]): Estimate {
  const count = told.filter(Boolean).length;
  return shareInterval(count, told.length, Z);
}

function shareOf(told: readonly boolean[], { estimate, low, high }: Estimate) {
  if (told.length === 0) return { known: 0, count: 0, share: null, low: null, high: null };
  return {
    known: told.length,
    count: told.filter(Boolean).length,
    share: roundedAmount(estimate),
    low: roundedAmount(low),
    high: roundedAmount(high),
  };
}

function amountOf(told: readonly number[]) {
  if (told.length === 0)
    return { known: 0, median: null, lower_quarter: null, upper_quarter: null };
  const sorted = told.toSorted((one, other) => one - other);
  return {
    known: told.length,
    median: roundedAmount(quantile(sorted, 0.5)),
    lower_quarter: roundedAmount(quantile(sorted, 0.25)),
    upper_quarter: roundedAmount(quantile(sorted, 0.75)),
  };
}

/** A difference is only said to be one where the whole interval is on one side. */
function differenceOf({ estimate, low, high }: Estimate): NonNullable<Difference> {
  const direction = low > 0 ? "higher" : high < 0 ? "lower" : "not_shown";
  return {
    estimate: roundedAmount(estimate),
    low: roundedAmount(low),
    high: roundedAmount(high),
    direction,
  };
}
