import type { Layer, StructuralRecord } from "../../capture/record.ts";
import type { Assessment } from "../assessment.ts";
import { Health } from "../health.ts";
import type { Step } from "../step.ts";
import { type Origin, stepOf } from "../step-of.ts";
import { isFuller } from "./layer-choice.ts";
import { compare, type Place } from "./order.ts";
import { openedBy, type RunState, UNOPENED } from "./session-health.ts";

type OriginOf = (record: StructuralRecord) => Pick<Origin, "weakContent">;

/**
 * Judges a whole session at its close: the fullest layer, every step in its place. Where this
 * differs from what was said on the way, this stands.
 *
 * @param originOf what the collector knows of a record and the record does not say
 * @returns one assessment for each step in the health order, then the health at the end
 */
export function* replay(
  records: Iterable<StructuralRecord>,
  originOf: OriginOf = () => ({}),
): Generator<Assessment, Health> {
  const health = new Health();
  for (const { step } of inOrder([...records], originOf)) yield health.observe(step);
  return health;
}

function inOrder(
  records: readonly StructuralRecord[],
  originOf: OriginOf,
): readonly (Place & { readonly step: Step })[] {
  const runs = runsOf(records);
  const fullest = fullestOf(records, runs);
  const latestMs = new Map<string, number>();
  const entries: (Place & { readonly step: Step })[] = [];
  for (const record of [...records].sort((a, b) => a.payload.seq - b.payload.seq)) {
    const { runId, payload } = record;
    const { layer, view } = runs.get(runId) ?? UNOPENED;
    const step = layer === fullest ? stepOf(record, { ...originOf(record), view }) : undefined;
    if (step === undefined) continue;
    // Within a run the number decides: a clock that was set back does not turn it around.
    const atMs = Math.max(latestMs.get(runId) ?? 0, step.atMs ?? 0);
    latestMs.set(runId, atMs);
    entries.push({ atMs, runId, seq: payload.seq, step });
  }
  return entries.sort(compare);
}

function runsOf(records: readonly StructuralRecord[]): ReadonlyMap<string, RunState> {
  const runs = new Map<string, RunState>();
  for (const record of records) {
    const run = openedBy(record);
    if (run !== undefined) runs.set(record.runId, run);
  }
  return runs;
}

function fullestOf(
  records: readonly StructuralRecord[],
  runs: ReadonlyMap<string, RunState>,
): Layer {
  let fullest = UNOPENED.layer;
  for (const record of records) {
    const { layer } = runs.get(record.runId) ?? UNOPENED;
    if (isFuller(layer, fullest)) fullest = layer;
  }
  return fullest;
}
