/** Whether sessions may pass: against limits, and against sessions from before. */
import type { SessionProfile } from "../profile/session-profile.ts";
import type { Count } from "../statistics/exact-test.ts";
import { quantile } from "../statistics/intervals.ts";
import {
  certaintyOf,
  compareCosts,
  compareLoops,
  loopingOf,
  rateOf,
  type Sides,
} from "./compare-sessions.ts";
import { type GateCheck, type GateLimits, MIN_SESSIONS, SLOW_MS } from "./gate-limits.ts";
import {
  checkCost,
  checkDenied,
  checkDuration,
  checkErrors,
  checkExpected,
  checkForbidden,
  checkLoops,
  checkPending,
  checkReviews,
  checkSlow,
  checkSteps,
} from "./session-checks.ts";
import { percent, sessionsOf } from "./words.ts";

/** Figures of one side, over the sessions that have a step. */
export interface GateSide {
  readonly sessions: number;
  /** Sessions without a step, which are left out. */
  readonly withoutSteps: number;
  /** Sessions that are not over, as far as their writers say. */
  readonly notEnded: number;
  readonly looping: number;
  readonly medianSteps: number | null;
  /** Of the sessions whose cost is known; null where it is known of none. */
  readonly medianCostUsd: number | null;
  readonly costKnown: number;
}

export interface GateResult {
  readonly schema: "caum.gate.v1.0";
  /** `found` where any check found something, else `not_judged` where any could not be judged. */
  readonly outcome: GateCheck["outcome"];
  readonly baseline: GateSide | null;
  readonly candidate: GateSide;
  readonly checks: readonly GateCheck[];
  /** What to bear in mind. */
  readonly notes: readonly string[];
}

const NANO_USD = 1e9;

/** @param baseline undefined where the candidate is held against limits alone */
export function decideGate(
  baseline: readonly SessionProfile[] | undefined,
  candidate: readonly SessionProfile[],
  limits: GateLimits,
): GateResult {
  const sides = {
    baseline: (baseline ?? []).filter(({ steps }) => steps > 0),
    candidate: candidate.filter(({ steps }) => steps > 0),
  };
  const checks = [
    ...(baseline === undefined ? [] : comparisons(sides, limits)),
    ...limitChecks(sides.candidate, limits),
  ];
  return {
    schema: "caum.gate.v1.0",
    outcome: worstOf(checks),
    baseline: baseline === undefined ? null : sideOf(baseline),
    candidate: sideOf(candidate),
    checks,
    notes: baseline === undefined ? [] : notesOf(sides),
  };
}

function worstOf(checks: readonly GateCheck[]): GateCheck["outcome"] {
  const has = (wanted: GateCheck["outcome"]) => checks.some(({ outcome }) => outcome === wanted);
  if (has("found")) return "found";
  return has("not_judged") || checks.length === 0 ? "not_judged" : "passed";
}

function comparisons(sides: Sides, limits: GateLimits): readonly GateCheck[] {
  const { minSessions = MIN_SESSIONS, maxCostGrowth } = limits;
  const fewest = Math.min(sides.baseline.length, sides.candidate.length);
  const certainty = certaintyOf(maxCostGrowth === undefined ? 1 : 2);
  const tooFew: GateCheck = {
    rule: "loop-growth",
    outcome: "not_judged",
    said:
      `${sessionsOf(sides.candidate.length)} of the candidate and ${sides.baseline.length} of the baseline, ` +
      `and ${minSessions} of each are needed: choose more, or ask for fewer`,
    findings: [],
  };
  if (fewest > 0 && areTheSame(sides)) {
    const loops = nothingNew("loop-growth", sides);
    return maxCostGrowth === undefined ? [loops] : [loops, nothingNew("cost-growth", sides)];
  }
  return [
    fewest < Math.max(1, minSessions) ? tooFew : compareLoops(sides, limits, certainty),
    ...(maxCostGrowth === undefined
      ? []
      : [compareCosts(sides, limits, certainty, Math.max(1, minSessions))]),
  ];
}

/** The very same sessions, each as it was: whoever repeats a benchmark under the same ids has others. */
function areTheSame({ baseline, candidate }: Sides): boolean {
  const keys = new Set(baseline.map(keyOf));
  return keys.size === candidate.length && candidate.every((one) => keys.has(keyOf(one)));
}

function keyOf(session: SessionProfile): string {
  const { sessionId, startedMs, endedMs, steps, loops, loopSteps } = session;
  const { tokens, costNanoUsd, durationMs } = session;
  const all = [startedMs, endedMs, steps, loops, loopSteps, tokens, costNanoUsd, durationMs];
  return `${all.join()} ${sessionId}`;
}

function nothingNew(rule: GateCheck["rule"], { candidate }: Sides): GateCheck {
  const said =
    `the candidate is the baseline: the same ${sessionsOf(candidate.length)} on both sides, ` +
    "which says nothing of a change: choose sessions that came after it";
  return { rule, outcome: "not_judged", said, findings: [] };
}

function limitChecks(sessions: readonly SessionProfile[], limits: GateLimits): GateCheck[] {
  const { failOn = [], slowMs = SLOW_MS, expectTools = [], forbidTools = [] } = limits;
  const { maxDurationMs, maxSteps, maxCostNanoUsd, maxLoopRate } = limits;
  const checks: GateCheck[] = [];
  if (maxLoopRate !== undefined) checks.push(checkLoopRate(loopingOf(sessions), maxLoopRate));
  if (failOn.includes("loop")) checks.push(checkLoops(sessions));
  if (failOn.includes("review")) checks.push(checkReviews(sessions));
  if (failOn.includes("error")) checks.push(checkErrors(sessions));
  if (failOn.includes("denied")) checks.push(checkDenied(sessions));
  if (failOn.includes("pending")) checks.push(checkPending(sessions));
  if (failOn.includes("slow")) checks.push(checkSlow(sessions, slowMs));
  if (expectTools.length > 0) checks.push(checkExpected(sessions, expectTools));
  if (forbidTools.length > 0) checks.push(checkForbidden(sessions, forbidTools));
  if (maxDurationMs !== undefined) checks.push(checkDuration(sessions, maxDurationMs));
  if (maxSteps !== undefined) checks.push(checkSteps(sessions, maxSteps));
  if (maxCostNanoUsd !== undefined) checks.push(checkCost(sessions, maxCostNanoUsd));
  return sessions.length > 0 ? checks : checks.map(withoutSessions);
}

function withoutSessions({ rule }: GateCheck): GateCheck {
  const said = "there is no session with a step: choose others";
  return { rule, outcome: "not_judged", said, findings: [] };
}

function checkLoopRate(looping: Count, most: number): GateCheck {
  const rule = "loop-rate";
  const said = `${rateOf(looping)}; ${percent(most)} are allowed`;
  if (looping.count <= most * looping.of) return { rule, outcome: "passed", said, findings: [] };
  const message = `too many sessions have a loop: ${said}`;
  const finding = { subject: "", message, sessions: [], sessionCount: looping.count };
  return { rule, outcome: "found", said: message, findings: [finding] };
}

function sideOf(all: readonly SessionProfile[]): GateSide {
  const sessions = all.filter(({ steps }) => steps > 0);
  const costs = sessions.flatMap(({ costNanoUsd }) => costNanoUsd ?? []);
  const medianCost = medianOf(costs);
  return {
    sessions: sessions.length,
    withoutSteps: all.length - sessions.length,
    notEnded: sessions.filter(({ ended }) => !ended).length,
    looping: loopingOf(sessions).count,
    medianSteps: medianOf(sessions.map(({ steps }) => steps)),
    medianCostUsd: medianCost === null ? null : medianCost / NANO_USD,
    costKnown: costs.length,
  };
}

function medianOf(values: readonly number[]): number | null {
  const sorted = values.toSorted((one, other) => one - other);
  return sorted.length === 0 ? null : quantile(sorted, 0.5);
}

function notesOf({ baseline, candidate }: Sides): readonly string[] {
  const notes: string[] = [];
  const ids = new Set(baseline.map(({ sessionId }) => sessionId));
  const shared = candidate.filter(({ sessionId }) => ids.has(sessionId)).length;
  if (shared > 0) notes.push(`${sessionsOf(shared)} on both sides`);
  const engines = new Set([...baseline, ...candidate].map(({ engine }) => engine));
  if (engines.size > 1) {
    notes.push("the two sides hold sessions that different versions of the health engine judged");
  }
  return notes;
}
