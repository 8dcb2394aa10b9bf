import type { LoopKind, SessionProfile } from "../profile/session-profile.ts";
import { comparableName } from "./comparable-name.ts";
import { loopKey } from "./comparable-structure.ts";

/** Named of a kind of loop; more are counted. */
const NAMED = 5;

/** Loops of one kind, over sessions. */
export interface RecurringLoop extends Pick<LoopKind, "rule" | "period" | "tools"> {
  readonly sessions: number;
  readonly loops: number;
  readonly steps: number;
  /** When the first of the sessions began, and when something happened in the latest of them. */
  readonly firstSeenMs: number;
  readonly lastSeenMs: number;
  /** What its loops cost in the sessions that say what anything cost; absent where none does. */
  readonly costNanoUsd?: number;
  /** How many of the sessions say what anything cost. */
  readonly costKnown: number;
  /** Sessions with it, the latest first, and where they belong, the most frequent first. */
  readonly latest: readonly string[];
  readonly workflows: readonly string[];
  readonly agents: readonly string[];
}

/** Loops that came back, and what was looked at to find them. */
export interface RecurringLoops {
  /** In the most sessions first. */
  readonly loops: readonly RecurringLoop[];
  /** Sessions that were looked at, and those with a loop. */
  readonly sessions: number;
  readonly loopingSessions: number;
  /** Sessions with a loop of tools whose names say nothing outside of their session. */
  readonly unnamedSessions: number;
}

/**
 * Loops of one kind that several sessions had.
 *
 * @param minSessions in fewer sessions than this a loop does not recur
 */
export function recurringLoops(
  profiles: Iterable<SessionProfile>,
  minSessions: number,
): RecurringLoops {
  const groups = new Map<string, Group>();
  let [sessions, loopingSessions, unnamedSessions] = [0, 0, 0];
  for (const profile of profiles) {
    const kinds = profile.structure.loopKinds.filter(({ count }) => count > 0);
    const named = kinds.filter(({ tools }) => tools.every(isComparable));
    sessions += 1;
    if (kinds.length > 0) loopingSessions += 1;
    if (named.length < kinds.length) unnamedSessions += 1;
    for (const [key, loop] of ownLoops(named)) groupOf(groups, key).push({ profile, loop });
  }
  const loops = [...groups.values()]
    .filter(({ length }) => length >= minSessions)
    .map(recurringLoop)
    .sort(byFrequency);
  return { loops, sessions, loopingSessions, unnamedSessions };
}

interface LoopOfSession {
  readonly profile: SessionProfile;
  readonly loop: LoopKind;
}
type Group = LoopOfSession[];

const isComparable = (tool: string) => comparableName(tool) !== undefined;

/** The loops of one session by key: cycles that begin elsewhere are of one kind. */
function ownLoops(kinds: readonly LoopKind[]): ReadonlyMap<string, LoopKind> {
  const own = new Map<string, LoopKind>();
  for (const kind of kinds) {
    const key = loopKey(kind);
    const known = own.get(key);
    own.set(key, known === undefined ? kind : added(known, kind));
  }
  return own;
}

function added(one: LoopKind, other: LoopKind): LoopKind {
  return {
    ...one,
    count: one.count + other.count,
    steps: one.steps + other.steps,
    costNanoUsd: one.costNanoUsd + other.costNanoUsd,
  };
}

function groupOf(groups: Map<string, Group>, key: string): Group {
  const known = groups.get(key);
  if (known !== undefined) return known;
  const group: Group = [];
  groups.set(key, group);
  return group;
}

function recurringLoop(group: Group): RecurringLoop {
  const latest = group.toSorted(byEnd);
  const { rule, period, tools } = (latest[0] as LoopOfSession).loop; // A group has at least one.
  const priced = group.filter(({ profile }) => profile.costNanoUsd !== undefined);
  const cost = sumOf(priced, ({ loop }) => loop.costNanoUsd);
  return {
    rule,
    period,
    tools: tools.toSorted(),
    sessions: group.length,
    loops: sumOf(group, ({ loop }) => loop.count),
    steps: sumOf(group, ({ loop }) => loop.steps),
    firstSeenMs: group.reduce((ms, { profile }) => Math.min(ms, profile.startedMs), Infinity),
    lastSeenMs: group.reduce((ms, { profile }) => Math.max(ms, profile.endedMs), 0),
    ...(priced.length > 0 && { costNanoUsd: Math.min(cost, Number.MAX_SAFE_INTEGER) }),
    costKnown: priced.length,
    latest: latest.slice(0, NAMED).map(({ profile }) => profile.sessionId),
    workflows: mostFrequent(group.map(({ profile }) => profile.workflow)),
    agents: mostFrequent(group.map(({ profile }) => profile.agent)),
  };
}

function sumOf(group: Group, of: (seen: LoopOfSession) => number): number {
  return group.reduce((sum, seen) => sum + of(seen), 0);
}

function mostFrequent(names: readonly (string | undefined)[]): readonly string[] {
  const times = new Map<string, number>();
  for (const name of names) {
    if (name !== undefined) times.set(name, (times.get(name) ?? 0) + 1);
  }
  return [...times]
    .sort(([one, ones], [other, others]) => others - ones || (one < other ? -1 : 1))
    .slice(0, NAMED)
    .map(([name]) => name);
}

function byEnd({ profile: one }: LoopOfSession, { profile: other }: LoopOfSession): number {
  return other.endedMs - one.endedMs || (one.sessionId < other.sessionId ? -1 : 1);
}

function byFrequency(one: RecurringLoop, other: RecurringLoop): number {
  return (
    other.sessions - one.sessions ||
    other.loops - one.loops ||
    other.lastSeenMs - one.lastSeenMs ||
    (nameOf(one) < nameOf(other) ? -1 : 1)
  );
}

function nameOf({ rule, period, tools }: RecurringLoop): string {
  return `${rule} ${period} ${tools.join(" ")}`;
}
