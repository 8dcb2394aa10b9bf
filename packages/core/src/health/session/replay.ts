import type { Layer, StructuralRecord, View } from "../../capture/record.ts";
import type { Assessment } from "../assessment.ts";
import { Health } from "../health.ts";
import type { Step } from "../step/step.ts";
import { type StepOrigin, stepOf } from "../step/step-of.ts";
import {
  type Fullest,
  isFuller,
  isJudged,
  isNamelessCall,
  openedBy,
  type RunFacts,
  UNOPENED,
  viewOf,
} from "./layer-choice.ts";
import { compare, placedMs, type RecordPlace } from "./order.ts";
import { echoOf, isEcho, type Telling, ToldCalls, tellingOf } from "./told-calls.ts";

type OriginOf = (record: StructuralRecord) => Pick<StepOrigin, "weakContent">;

/**
 * Judges a whole session at its close: the fullest layer and the calls that only a lesser one saw,
 * every step in its place. Where this differs from what was said on the way, this stands.
 *
 * @param originOf what the collector knows of a record and the record does not say
 * @returns one assessment for each step in the health order, then the health at the end
 */
export function* replay(
  records: Iterable<StructuralRecord>,
  originOf: OriginOf = () => ({}),
): Generator<Assessment, Health> {
  const health = new Health();
  for (const step of stepsInOrder(records, originOf)) yield health.observe(step);
  return health;
}

/** The steps of a whole session in the health order, each call once, whoever told of it. */
export function* stepsInOrder(
  records: Iterable<StructuralRecord>,
  originOf: OriginOf = () => ({}),
): Generator<Step> {
  const told = new ToldCalls();
  for (const { step, telling } of inOrder([...records], originOf)) {
    if (telling === undefined || told.add(telling)) yield step;
  }
}

/** Everything else is fuller. */
const LEAST: Layer = "import";

interface Entry extends RecordPlace {
  readonly step: Step;
  readonly telling?: Telling | undefined;
}

function inOrder(records: readonly StructuralRecord[], originOf: OriginOf): readonly Entry[] {
  const runs = runsOf(records);
  const fullest = fullestOf(records, runs);
  const latestMs = new Map<string, number>();
  const entries: Entry[] = [];
  for (const record of [...records].sort((a, b) => a.payload.seq - b.payload.seq)) {
    const { runId, payload } = record;
    const run = runs.get(runId) ?? UNOPENED;
    const telling = tellingOf(record, run.layer);
    if (!isJudged(record, run, fullest)) continue;
    const view = viewOf(run, fullest, fullest.view);
    const step = stepOf(record, { ...originOf(record), view });
    if (step === undefined) continue;
    const atMs = placedMs(record, step.atMs ?? 0, latestMs.get(runId) ?? 0);
    latestMs.set(runId, atMs);
    entries.push({ atMs, runId, seq: payload.seq, step, telling });
  }
  return withoutEchoes(entries.sort(compare));
}

/** Without what telemetry tells of calls that other writers tell of as well. */
function withoutEchoes(entries: readonly Entry[]): readonly Entry[] {
  const told = new Map<string, number>();
  for (const { telling, step } of entries) {
    if (telling === undefined || isEcho(telling) || step.status === "unresolved") continue;
    told.set(telling, (told.get(telling) ?? 0) + 1);
  }
  const most = new Map<string, number>();
  for (const [telling, count] of told) {
    const echo = echoOf(telling);
    most.set(echo, Math.max(most.get(echo) ?? 0, count));
  }
  return entries.filter(({ telling }) => {
    const left = isEcho(telling) ? (most.get(telling) ?? 0) : 0;
    if (telling !== undefined && left > 0) most.set(telling, left - 1);
    return left === 0;
  });
}

function runsOf(records: readonly StructuralRecord[]): ReadonlyMap<string, RunFacts> {
  const runs = new Map<string, RunFacts>();
  for (const record of records) {
    const run = openedBy(record);
    if (run !== undefined) runs.set(record.runId, run);
  }
  for (const record of records) {
    const run = isNamelessCall(record) ? runs.get(record.runId) : undefined;
    if (run !== undefined) runs.set(record.runId, { ...run, isNameless: true });
  }
  return runs;
}

function fullestOf(
  records: readonly StructuralRecord[],
  runs: ReadonlyMap<string, RunFacts>,
): Fullest & { readonly view: View } {
  const used = new Set(records.map(({ runId }) => runs.get(runId) ?? UNOPENED));
  let layer: Layer = LEAST;
  for (const run of used) if (isFuller(run.layer, layer)) layer = run.layer;
  const own = [...used].filter((run) => run.layer === layer);
  return {
    layer,
    view: own[0]?.view ?? "full",
    keys: own.flatMap(({ key }) => key ?? []),
    isNameless: own.some(({ isNameless }) => isNameless),
  };
}
