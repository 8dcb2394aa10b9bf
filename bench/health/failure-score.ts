import type { Predictions } from "./score.ts";
import type { LabelledSession } from "./trace-set.ts";

/** A session whose outcome is known, with what was predicted on the way. */
export interface Outcome {
  readonly session: LabelledSession;
  readonly predictions: Predictions;
}

/** How well failure_risk tells failed sessions from solved ones, of one source. */
export interface FailureFigures {
  readonly sessions: number;
  /** Of these, the share of which a risk was told at the last step; the figures are of them. */
  readonly told: number;
  readonly failRate: number;
  /** Area under the ROC curve at a step, in sessions that long; 0.5 is chance. */
  readonly aucAt5: number | undefined;
  readonly aucAt10: number | undefined;
  readonly aucAt20: number | undefined;
  readonly aucAtEnd: number | undefined;
  readonly brier: number;
  /** The Brier score of always saying the fail rate. */
  readonly brierOfBaseRate: number;
  readonly aucOfUds: number | undefined;
}

/** With fewer of a kind an AUC is noise. */
const FEWEST = 10;

export function failureFigures(outcomes: readonly Outcome[]): FailureFigures {
  const all = outcomes.map(({ session, predictions }) => ({
    failed: session.outcome === "fail" ? 1 : 0,
    at: (step: number) => riskAt(predictions, Math.min(step, session.n)),
    uds: latestUds(predictions, session.n),
    steps: session.n,
  }));
  const end = Number.POSITIVE_INFINITY;
  const risk = all.filter((one) => one.at(end) !== null);
  const aucAt = (step: number) =>
    aucOf(all.flatMap((one) => (one.steps >= step ? scored(one.at(step), one.failed) : [])));
  const failRate = mean(risk.map((one) => one.failed));
  return {
    sessions: all.length,
    told: risk.length / (all.length || 1),
    failRate,
    aucAt5: aucAt(5),
    aucAt10: aucAt(10),
    aucAt20: aucAt(20),
    aucAtEnd: aucOf(risk.flatMap((one) => scored(one.at(end), one.failed))),
    brier: mean(risk.map((one) => ((one.at(end) ?? 0.5) - one.failed) ** 2)),
    brierOfBaseRate: failRate * (1 - failRate),
    aucOfUds: aucOf(all.map((one) => [-one.uds, one.failed])),
  };
}

function scored(risk: number | null, failed: number): readonly (readonly [number, number])[] {
  return risk === null ? [] : [[risk, failed]];
}

/** What was told at a step; what is no step of its own stands where the one before stood. */
function riskAt(predictions: Predictions, step: number): number | null {
  for (let at = step; at > 0; at--) {
    const risk = predictions[at]?.failureRisk;
    if (risk !== undefined) return risk;
  }
  return null;
}

function latestUds(predictions: Predictions, step: number): number {
  for (let at = step; at > 0; at--) {
    const uds = predictions[at]?.uds;
    if (uds !== undefined) return uds;
  }
  return 0.5;
}

/** Share of pairs of a failed and a solved session that are in the right order. */
export function aucOf(scored: readonly (readonly [number, number])[]): number | undefined {
  const failed = scored.filter(([, outcome]) => outcome === 1).length;
  const solved = scored.length - failed;
  if (failed < FEWEST || solved < FEWEST) return undefined;
  const sorted = [...scored].sort(([a], [b]) => a - b);
  let ranks = 0;
  for (let from = 0; from < sorted.length; ) {
    let to = from;
    while (to < sorted.length && sorted[to]?.[0] === sorted[from]?.[0]) to += 1;
    const failedHere = sorted.slice(from, to).filter(([, outcome]) => outcome === 1).length;
    ranks += (failedHere * (from + 1 + to)) / 2;
    from = to;
  }
  return (ranks - (failed * (failed + 1)) / 2) / (failed * solved);
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / (values.length || 1);
}
