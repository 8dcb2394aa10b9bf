import type { Recorded, Step } from "../../server/answers.ts";
import { type Loop, loopsOf } from "./loops.ts";

/** More tools than this say less than their number. */
const NAMED = 3;

/** Everything of a session that the page draws, in the order of its records. */
export interface Trace {
  readonly records: readonly Recorded[];
  /** Assessed steps, and the record that each came from. */
  readonly steps: readonly Step[];
  readonly recordOf: readonly number[];
  readonly loops: readonly Loop[];
  /** Places of the steps at which the session was judged anew. */
  readonly beginnings: readonly number[];
  readonly uds: readonly number[];
  readonly risk: readonly number[];
  /** Sums up to and with each step. */
  readonly tokens: readonly number[];
  readonly cost: readonly number[];
}

/** @param records by index from 0, without a gap */
export function traceOf(records: readonly Recorded[]): Trace {
  const steps: Step[] = [];
  const recordOf: number[] = [];
  const tokens: number[] = [];
  const cost: number[] = [];
  let [allTokens, allCost] = [0, 0];
  for (const record of records) {
    allTokens += record.tokens ?? 0;
    allCost += record.costUsd ?? 0;
    if (record.assessed === undefined) continue;
    steps.push(record.assessed);
    recordOf.push(record.index);
    tokens.push(allTokens);
    cost.push(allCost);
  }
  return {
    records,
    steps,
    recordOf,
    loops: loopsOf(steps),
    beginnings: beginningsOf(steps),
    uds: steps.map(({ uds }) => uds),
    risk: steps.map(({ failureRisk }) => failureRisk ?? Number.NaN),
    tokens,
    cost,
  };
}

/** The count of steps starts over with each attempt at the session. */
export function beginningsOf(steps: readonly Step[]): number[] {
  const places = steps.map((_, at) => at);
  return places.filter((at) => at > 0 && (steps[at]?.step ?? 0) <= (steps[at - 1]?.step ?? 0));
}

/** The calls of the last whole cycle, in order; without a period, those of the whole loop. */
export function toolsOf({ from, to, period }: Loop, { records, recordOf }: Trace): string {
  const length = to + 1 - from;
  const begin = period > 0 ? to + 1 - (length % period) - period : from;
  const places = recordOf.slice(Math.max(from, begin), period > 0 ? begin + period : to + 1);
  const names = [...new Set(places.map((index) => records[index]?.name ?? ""))];
  const rest = names.length - NAMED;
  return names.slice(0, NAMED).join(" → ") + (rest > 0 ? ` and ${rest} more` : "");
}

/** What is new, where it follows on what is there; a record that is there already is left out. */
export function extended(
  records: readonly Recorded[],
  added: readonly Recorded[],
): readonly Recorded[] {
  const fresh = added.filter(({ index }) => index >= records.length);
  const follows = fresh.every(({ index }, at) => index === records.length + at);
  return follows && fresh.length > 0 ? [...records, ...fresh] : records;
}
