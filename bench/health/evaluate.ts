import type { Detector } from "./detector.ts";
import { type FailureFigures, failureFigures, type Outcome } from "./failure-score.ts";
import { groupsOf, kindOf } from "./groups.ts";
import {
  emptyTally,
  type Figures,
  figuresOf,
  type Prediction,
  type Predictions,
  scoreSession,
  type Tally,
} from "./score.ts";
import type { TraceSet } from "./trace-set.ts";

export interface Evaluation {
  readonly detector: string;
  /** Figures by group of sessions. */
  readonly figures: ReadonlyMap<string, Figures & { readonly tally: Tally }>;
  /** By source, where outcomes are known; empty when the detector predicts no failure. */
  readonly failure: ReadonlyMap<string, FailureFigures>;
  /** Median time for one event. */
  readonly medianUs: number;
}

/** Runs a detector over every session and scores what it says. */
export function evaluate(detector: Detector, traces: TraceSet): Evaluation {
  const tallies = new Map<string, Tally>();
  const outcomes = new Map<string, Outcome[]>();
  const timesNs: number[] = [];
  for (const session of traces.sessions) {
    const predictions = predict(detector, traces, session.session_id, timesNs);
    for (const group of groupsOf(session)) {
      const tally = tallies.get(group) ?? emptyTally();
      tallies.set(group, tally);
      scoreSession(tally, session, predictions);
    }
    if (session.outcome === "unknown" || predictions[1]?.failureRisk === undefined) continue;
    const source = kindOf(session.source);
    outcomes.set(source, [...(outcomes.get(source) ?? []), { session, predictions }]);
  }
  return {
    detector: detector.name,
    figures: new Map(
      [...tallies].map(([group, tally]) => [group, { ...figuresOf(tally), tally }] as const),
    ),
    failure: new Map([...outcomes].map(([source, all]) => [source, failureFigures(all)] as const)),
    medianUs: median(timesNs) / 1_000,
  };
}

function predict(
  detector: Detector,
  traces: TraceSet,
  sessionId: string,
  timesNs: number[],
): Predictions {
  const predictions: (Prediction | undefined)[] = [];
  const watch = detector.begin();
  for (const [index, event] of (traces.events.get(sessionId) ?? []).entries()) {
    const before = process.hrtime.bigint();
    predictions[event.step ?? index + 1] = watch(event);
    timesNs.push(Number(process.hrtime.bigint() - before));
  }
  return predictions;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
}
