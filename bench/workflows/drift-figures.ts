/** How soon changes are found, and how often something is found where nothing changed. */
import { decodeState, encodeState, hasDrifted, WorkflowState } from "@caum/workflows";
import type { Change } from "./changes.ts";
import { type Measure, type OracleFigures, oracleFigures } from "./oracle.ts";
import { BEFORE, LEARNING, MONTH, SOON } from "./periods.ts";
import type { TracedSession } from "./trace-sessions.ts";
import { type Profiles, ShuffledHistory, type Workflow } from "./workflow.ts";

/** What a workflow becomes. */
export interface Scenario {
  readonly name: string;
  readonly change?: Change;
  /** The quantity that the change is about; what the oracle looks at. */
  readonly measure?: Measure;
  /** Sessions that come instead; its own where there are none. Undefined where it has no others. */
  readonly sessionsOf?: (workflow: Workflow) => readonly TracedSession[] | undefined;
}

export interface Detections {
  readonly runs: number;
  readonly soon: number;
  /** Sessions from the change to the alarm, in the middle of those that were found. */
  readonly median: number | undefined;
  /** What the oracle finds; undefined where it has no quantity to look at. */
  readonly oracle: OracleFigures | undefined;
}

export interface DriftFigures {
  readonly workflow: Workflow;
  readonly runs: number;
  /** Histories in which something was found in the month after the first look. */
  readonly inFirstMonth: number;
  /** The same of the month after `BEFORE` sessions, of histories that were quiet until then. */
  readonly laterRuns: number;
  readonly inLaterMonth: number;
  readonly channels: ReadonlyMap<string, number>;
  readonly detections: ReadonlyMap<string, Detections>;
}

export function driftFigures(
  workflow: Workflow,
  profiles: Profiles,
  runs: number,
  scenarios: readonly Scenario[],
): DriftFigures {
  const channels = new Map<string, number>();
  let [inFirstMonth, laterRuns, inLaterMonth] = [0, 0, 0];
  const delays = new Map<string, (number | undefined)[]>();
  for (let run = 0; run < runs; run++) {
    const history = new ShuffledHistory(workflow.sessions, profiles, 7_919 * run + 1);
    const state = new WorkflowState();
    const early = firstAlarm(state, LEARNING + MONTH, () => history.next(), channels);
    if (early !== undefined) inFirstMonth += 1;
    const before = quietState(history);
    laterRuns += 1;
    const later = firstAlarm(decodeState(before), MONTH, () => history.next(), channels);
    if (later !== undefined) inLaterMonth += 1;
    for (const { name, change, sessionsOf } of scenarios) {
      const sessions = sessionsOf === undefined ? workflow.sessions : sessionsOf(workflow);
      if (sessions === undefined) continue;
      const next = () => history.next(sessions, change);
      const delay = firstAlarm(decodeState(before), SOON, next);
      delays.set(name, [...(delays.get(name) ?? []), delay]);
    }
  }
  const detections = new Map(
    scenarios.flatMap(({ name, change, measure }) => {
      const all = delays.get(name);
      if (all === undefined) return [];
      const oracle = change && measure && oracleFigures(workflow, profiles, change, measure);
      return [[name, { ...detectionsOf(all), oracle }]];
    }),
  );
  return { workflow, runs, inFirstMonth, laterRuns, inLaterMonth, channels, detections };
}

function detectionsOf(delays: readonly (number | undefined)[]): Omit<Detections, "oracle"> {
  const found = delays.filter((delay) => delay !== undefined).sort((one, other) => one - other);
  return { runs: delays.length, soon: found.length, median: found[found.length >> 1] };
}

/** After how many sessions something is found; notes what. */
function firstAlarm(
  state: WorkflowState,
  sessions: number,
  next: () => Parameters<WorkflowState["take"]>[0],
  channels?: Map<string, number>,
): number | undefined {
  for (let count = 1; count <= sessions; count++) {
    state.take(next());
    if (!hasDrifted(state)) continue;
    for (const { channel } of state.parts.movements) {
      channels?.set(channel, (channels.get(channel) ?? 0) + 1);
    }
    return count;
  }
  return undefined;
}

/** A workflow that has not moved yet, as bytes; a history that seems to have is begun anew. */
function quietState(history: ShuffledHistory): Uint8Array {
  for (;;) {
    const state = new WorkflowState();
    const found = firstAlarm(state, BEFORE, () => history.next());
    if (found === undefined) return encodeState(state);
  }
}
