import type { SessionProfile } from "../profile/session-profile.ts";
import { type Exposure, exposureWith, NO_EXPOSURE } from "./exposure.ts";
import { weekOf } from "./week.ts";

/** The exposure of sessions with something in common. */
export interface ExposureOf extends Exposure {
  /** The Monday of a week, or the tag of a task; absent for sessions without a task. */
  readonly name?: string;
}

/** The exposure of all sessions, of each week and of each task. */
export interface ExposureReport {
  readonly all: Exposure;
  /** The earliest first. */
  readonly weeks: readonly ExposureOf[];
  /** The most exposed first; sessions without a task come last. */
  readonly tasks: readonly ExposureOf[];
  /** Tasks beyond those that are named. */
  readonly otherTasks: number;
}

/**
 * Adds sessions up as they come.
 *
 * @param maxTasks how many tasks are named at the most
 */
export function exposureReport(
  profiles: Iterable<SessionProfile>,
  maxTasks: number,
): ExposureReport {
  let all = NO_EXPOSURE;
  const weeks = new Map<string, Exposure>();
  const tasks = new Map<string, Exposure>();
  let untasked = NO_EXPOSURE;
  for (const profile of profiles) {
    all = exposureWith(all, profile);
    add(weeks, weekOf(profile.startedMs), profile);
    if (profile.taskTag === undefined) untasked = exposureWith(untasked, profile);
    else add(tasks, profile.taskTag, profile);
  }
  const named = entriesOf(tasks).sort(byExposure);
  return {
    all,
    weeks: entriesOf(weeks).sort((one, other) => (one.name < other.name ? -1 : 1)),
    tasks: [...named.slice(0, maxTasks), ...(untasked.sessions > 0 ? [untasked] : [])],
    otherTasks: Math.max(0, named.length - maxTasks),
  };
}

type Named = Exposure & { readonly name: string };

function add(groups: Map<string, Exposure>, name: string, profile: SessionProfile): void {
  groups.set(name, exposureWith(groups.get(name) ?? NO_EXPOSURE, profile));
}

function entriesOf(groups: ReadonlyMap<string, Exposure>): Named[] {
  return [...groups].map(([name, exposure]) => ({ name, ...exposure }));
}

/** What was spent in loops first by cost, then by tokens, time and sessions: not all are known. */
function byExposure(one: Named, other: Named): number {
  return (
    other.costNanoUsd.inLoops - one.costNanoUsd.inLoops ||
    other.tokens.inLoops - one.tokens.inLoops ||
    other.durationMs.inLoops - one.durationMs.inLoops ||
    other.loopingSessions - one.loopingSessions ||
    other.sessions - one.sessions ||
    (one.name < other.name ? -1 : 1)
  );
}
