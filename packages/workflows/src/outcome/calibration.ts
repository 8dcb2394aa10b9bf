/** What failure_risk means in one workflow, by sessions of which somebody said how they ended. */
import type { SessionProfile } from "../profile/session-profile.ts";
import { shareInterval } from "../statistics/intervals.ts";
import { chanceOf, isotonic, type Outcome, type RiskStep } from "./isotonic.ts";

/** Below this nothing is shown. */
export const FEWEST_OUTCOMES = 50;
/** Sessions that failed, and sessions that did not, at least. */
const FEWEST_OF_EACH = 10;
/** Each session is judged by what was learned of those that are not in its part. */
const PARTS = 5;
const BINS = 5;
/** The normal quantile for 95 %, two-sided. */
const Z = 1.96;

/** Why nothing is said of outcomes. */
export const UNCALIBRATED = ["too_few_outcomes", "one_outcome", "risk_tells_nothing"] as const;
export type Uncalibrated = (typeof UNCALIBRATED)[number];

/** Sessions with about the same chance of failing, as it was said before they were known. */
export interface ReliabilityBin {
  readonly sessions: number;
  /** What was said of them, on average. */
  readonly said: number;
  /** How many of them failed, and the interval that covers the truth in 95 of 100 cases. */
  readonly failed: number;
  readonly low: number;
  readonly high: number;
}

/** What the sessions of one workflow say of failure_risk, and how well it holds. */
export interface Calibration {
  /** Sessions with an outcome and a risk; how many of them failed. */
  readonly outcomes: number;
  readonly failures: number;
  /** Null where nothing can be said, with the reason. */
  readonly steps: readonly RiskStep[] | null;
  readonly reason?: Uncalibrated;
  /** Of sessions that the function did not know; empty where nothing is said. */
  readonly reliability: readonly ReliabilityBin[];
  /**
   * Mean square of what was said less what came (Brier's score) of sessions that the function did
   * not know, and the same for who always says the share of failures. Absent with too few outcomes.
   */
  readonly error?: number;
  readonly errorOfShare?: number;
}

/** Sessions of which both is known. */
export function outcomesOf(profiles: Iterable<SessionProfile>): Outcome[] {
  const outcomes: Outcome[] = [];
  for (const { failureRisk, resolved } of profiles) {
    if (failureRisk !== null && resolved !== undefined) {
      outcomes.push({ risk: failureRisk, failed: !resolved });
    }
  }
  return outcomes;
}

/**
 * Learns the chance of failing for each risk, where there are enough outcomes and the risk tells something.
 *
 * @param outcomes in the order in which the sessions ended, the latest ones last
 */
export function calibrationOf(outcomes: readonly Outcome[]): Calibration {
  const failures = outcomes.filter(({ failed }) => failed).length;
  const counts = { outcomes: outcomes.length, failures };
  const nothing = { ...counts, steps: null, reliability: [] };
  if (outcomes.length < FEWEST_OUTCOMES) return { ...nothing, reason: "too_few_outcomes" };
  if (Math.min(failures, outcomes.length - failures) < FEWEST_OF_EACH) {
    return { ...nothing, reason: "one_outcome" };
  }
  const parts = Array.from({ length: PARTS }, (_, part) => {
    const others = outcomes.filter((_outcome, at) => at % PARTS !== part);
    const failed = others.filter((outcome) => outcome.failed).length;
    return { steps: isotonic(others), share: failed / others.length };
  });
  const partOf = (at: number) => parts[at % PARTS] ?? { steps: [], share: 0 };
  const chances = outcomes.map(({ risk }, at) => chanceOf(partOf(at).steps, risk));
  const shares = outcomes.map((_, at) => partOf(at).share);
  const errors = {
    error: meanSquare(chances, outcomes),
    errorOfShare: meanSquare(shares, outcomes),
  };
  if (errors.error >= errors.errorOfShare) {
    return { ...nothing, ...errors, reason: "risk_tells_nothing" };
  }
  const reliability = reliabilityOf(chances, outcomes);
  return { ...counts, ...errors, steps: isotonic(outcomes), reliability };
}

/** How likely a session fails, by the sessions of its workflow; null where nothing is known. */
export function calibratedRisk({ steps }: Calibration, risk: number | null): number | null {
  return steps === null || risk === null ? null : chanceOf(steps, risk);
}

function meanSquare(chances: readonly number[], outcomes: readonly Outcome[]): number {
  let sum = 0;
  for (const [at, { failed }] of outcomes.entries()) {
    const miss = (chances[at] ?? 0) - (failed ? 1 : 0);
    sum += miss * miss;
  }
  return sum / outcomes.length;
}

/** Bins of as many sessions each as can be, by what was said of them. */
function reliabilityOf(
  chances: readonly number[],
  outcomes: readonly Outcome[],
): readonly ReliabilityBin[] {
  const sorted = outcomes
    .map(({ failed }, at) => ({ failed, said: chances[at] ?? 0 }))
    .sort((one, other) => one.said - other.said);
  return Array.from({ length: BINS }, (_, bin) => {
    const from = Math.floor((bin * sorted.length) / BINS);
    const members = sorted.slice(from, Math.floor(((bin + 1) * sorted.length) / BINS));
    const failures = members.filter(({ failed }) => failed).length;
    const { estimate, low, high } = shareInterval(failures, members.length, Z);
    const said = members.reduce((sum, one) => sum + one.said, 0) / members.length;
    return { sessions: members.length, said, failed: estimate, low, high };
  });
}
