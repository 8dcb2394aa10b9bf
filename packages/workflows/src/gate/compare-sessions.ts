/** What is compared between a baseline and a candidate. */
import type { SessionProfile } from "../profile/session-profile.ts";
import { chanceOfAtLeast } from "../statistics/binomial.ts";
import { type Count, chanceOfMore } from "../statistics/exact-test.ts";
import { quantile, shareDifference, shareInterval, shift } from "../statistics/intervals.ts";
import type { GateCheck, GateLimits } from "./gate-limits.ts";
import { dollars, percent, sessionsOf } from "./words.ts";

/** How sure a comparison is: one that finds something is wrong in at most so many cases. */
export interface Certainty {
  readonly falseAlarms: number;
  /** Quantile of the normal distribution that leaves them on one side. */
  readonly z: number;
}

/** All comparisons of a gate together are wrong in at most 5 of 100 cases (Bonferroni). */
export function certaintyOf(comparisons: number): Certainty {
  return comparisons > 1
    ? { falseAlarms: 0.025, z: 1.959963985 }
    : { falseAlarms: 0.05, z: 1.644853627 };
}

/** How often a growth is found that is said to be found. */
const POWER = 0.8;
/** Pairs are compared; newer sessions come first, and more narrow the interval little. */
const MOST_COMPARED = 1_000;

export interface Sides {
  readonly baseline: readonly SessionProfile[];
  readonly candidate: readonly SessionProfile[];
}

export function loopingOf(sessions: readonly SessionProfile[]): Count {
  return { count: sessions.filter(({ loops }) => loops > 0).length, of: sessions.length };
}

/** Whether loops became more frequent: by Fisher's test, beyond a margin by Newcombe's interval. */
export function compareLoops(sides: Sides, limits: GateLimits, certainty: Certainty): GateCheck {
  const rule = "loop-growth";
  const { maxLoopGrowth: margin = 0, isStrict = false } = limits;
  const [first, second] = [loopingOf(sides.baseline), loopingOf(sides.candidate)];
  const seen = `${rateOf(second)} of the candidate, ${rateOf(first)} of the baseline`;
  const [one, other] = [first, second].map(({ count, of }) =>
    shareInterval(count, of, certainty.z),
  );
  if (one === undefined || other === undefined) throw new RangeError("two sides, two intervals");
  const { estimate, low, high } = shareDifference(one, other);
  const isFound = margin === 0 ? chanceOfMore(first, second) < certainty.falseAlarms : low > margin;
  if (isFound) {
    const allowed = margin === 0 ? "" : `; ${points(margin)} are allowed`;
    const message = `sessions with a loop became more frequent, by ${points(estimate)}: ${seen}${allowed}`;
    return { rule, outcome: "found", said: message, findings: [ofAll(message, sides)] };
  }
  if (isStrict && high > margin) {
    const said = `not shown to grow by at most ${points(margin)}: ${seen}; it may be ${points(high)}: take more sessions, or allow more`;
    return { rule, outcome: "not_judged", said, findings: [] };
  }
  const said = `${seen}; ${sensitivity(first, second, certainty, margin)}`;
  return { rule, outcome: "passed", said, findings: [] };
}

/** What the comparison would have found. */
function sensitivity(first: Count, second: Count, certainty: Certainty, margin: number): string {
  const isFoundWith = (count: number) => {
    const candidate = { count, of: second.of };
    if (margin === 0) return chanceOfMore(first, candidate) < certainty.falseAlarms;
    const before = shareInterval(first.count, first.of, certainty.z);
    const after = shareInterval(count, second.of, certainty.z);
    return shareDifference(before, after).low > margin;
  };
  if (!isFoundWith(second.of)) return "so few sessions show no growth at all";
  const found = lowest(0, second.of, isFoundWith);
  const share = first.count / first.of;
  const thousandths = lowest(0, 1_000, (growth) => {
    const grown = Math.min(1, share + growth / 1_000);
    return chanceOfAtLeast(found, second.of, grown) >= POWER;
  });
  return `a growth by ${points(thousandths / 1_000)} would be found about 8 times in 10`;
}

/** The lowest whole number for which something holds that holds for all above it. */
function lowest(from: number, to: number, holds: (value: number) => boolean): number {
  let [low, high] = [from, to];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    if (holds(middle)) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Whether a typical session costs more than is allowed: the rank-sum test between the candidate's
 * costs and the baseline's, which were raised by what is allowed. A few dear sessions move it little.
 */
export function compareCosts(
  sides: Sides,
  limits: GateLimits,
  certainty: Certainty,
  minSessions: number,
): GateCheck {
  const rule = "cost-growth";
  const { maxCostGrowth: allowed = 0, isStrict = false } = limits;
  const [first, second] = [costsOf(sides.baseline), costsOf(sides.candidate)];
  if (Math.min(first.length, second.length) < minSessions) {
    const said =
      `the cost is known of ${sessionsOf(second.length)} of the candidate and ${first.length} of the baseline, ` +
      `and ${minSessions} of each are needed: send costs or models, or choose other sessions`;
    return { rule, outcome: "not_judged", said, findings: [] };
  }
  const raised = first.map((cost) => cost * (1 + allowed));
  const { low, high } = shift(raised, second, certainty.z);
  const [before, after] = [first, second].map(medianOf) as [number, number]; // Two in, two out.
  const seen =
    `the median is ${dollars(after)}, and was ${dollars(before)}` +
    (before > 0 ? ` (${signed(after / before - 1)})` : "");
  if (low > 0) {
    const message = `sessions cost more than ${percent(allowed)} above the baseline: ${seen}`;
    return { rule, outcome: "found", said: message, findings: [ofAll(message, sides)] };
  }
  if (isStrict && high > 0) {
    const said = `not shown to cost at most ${percent(allowed)} more: ${seen}: take more sessions`;
    return { rule, outcome: "not_judged", said, findings: [] };
  }
  return { rule, outcome: "passed", said: seen, findings: [] };
}

function costsOf(sessions: readonly SessionProfile[]): readonly number[] {
  return sessions
    .flatMap(({ costNanoUsd, startedMs }) =>
      costNanoUsd === undefined ? [] : [{ costNanoUsd, startedMs }],
    )
    .sort((one, other) => other.startedMs - one.startedMs)
    .slice(0, MOST_COMPARED)
    .map(({ costNanoUsd }) => costNanoUsd);
}

function medianOf(values: readonly number[]): number {
  return quantile(
    values.toSorted((one, other) => one - other),
    0.5,
  );
}

/** What is true of all sessions of the candidate names none of them. */
function ofAll(message: string, { candidate }: Sides) {
  const workflows = new Set(candidate.map(({ workflow }) => workflow ?? ""));
  const subject = [...workflows].sort().join(",");
  return { subject, message, sessions: [], sessionCount: candidate.length };
}

export function rateOf({ count, of }: Count): string {
  return `${count} of ${sessionsOf(of)} (${percent(of === 0 ? 0 : count / of)})`;
}

function points(share: number): string {
  const value = Math.round(share * 1_000) / 10;
  return `${value} percentage point${value === 1 ? "" : "s"}`;
}

function signed(share: number): string {
  return `${share >= 0 ? "+" : ""}${percent(share)}`;
}
