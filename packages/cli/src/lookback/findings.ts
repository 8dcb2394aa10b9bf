import type { Notes } from "@caum/histories";
import type { FoundLoop, JudgedSession } from "./judged-session.ts";
import type { Lookback } from "./look-back.ts";

/** Sums over some of the sessions. */
export interface Sums {
  readonly sessions: number;
  readonly steps: number;
  readonly calls: number;
  readonly tokens: number;
  /** Of the sessions of which somebody says it; null where nobody does. */
  readonly costUsd: number | null;
  readonly loops: number;
  /** Sessions that had one. */
  readonly looping: number;
  readonly loopSteps: number;
  readonly loopTokens: number;
  readonly loopCostUsd: number | null;
  /** Shares of steps, and of tokens where they are known, that went into loops. */
  readonly stepShare: number;
  readonly tokenShare: number | null;
}

export interface Group extends Sums {
  readonly name: string;
}

/** What a look back found; nothing in it is content. */
export interface Findings {
  /** ISO 8601; null when everything was looked at. */
  readonly since: string | null;
  readonly all: Sums;
  readonly worst: readonly FoundLoop[];
  /** By the Monday on which a week begins, oldest first. */
  readonly weeks: readonly Group[];
  readonly clients: readonly Group[];
  readonly models: readonly Group[];
  readonly read: ReadFacts;
}

export interface ReadFacts {
  readonly bytes: number;
  readonly lines: number;
  readonly copies: number;
  readonly links: number;
  readonly notUnderstood: number;
  readonly damagedLines: number;
  readonly tooLongLines: number;
  readonly unknownKinds: Readonly<Record<string, number>>;
  readonly problems: Notes["problems"];
  readonly problemCount: number;
}

const SHOWN_LOOPS = 10;
const NANO_USD = 1e9;
const DAY_MS = 24 * 60 * 60_000;

export function findingsOf({ sessions, notes, bytes }: Lookback, sinceMs: number): Findings {
  return {
    since: sinceMs > 0 ? new Date(sinceMs).toISOString() : null,
    all: sumsOf(sessions),
    worst: sessions
      .flatMap(({ loops }) => loops)
      .sort(byWaste)
      .slice(0, SHOWN_LOOPS),
    weeks: grouped(sessions, ({ atMs }) => mondayOf(atMs)).sort((a, b) =>
      a.name < b.name ? -1 : 1,
    ),
    clients: grouped(sessions, ({ client }) => client).sort(byLoops),
    models: grouped(sessions, ({ model }) => model ?? "unknown").sort(byLoops),
    read: readFacts(notes, bytes),
  };
}

/** The dearest first; what nobody priced by its tokens, then by its steps, then by its time. */
function byWaste(a: FoundLoop, b: FoundLoop): number {
  return (
    (b.costUsd ?? 0) - (a.costUsd ?? 0) ||
    b.tokens - a.tokens ||
    b.steps - a.steps ||
    (b.durationMs ?? 0) - (a.durationMs ?? 0)
  );
}

function byLoops(a: Group, b: Group): number {
  return b.loops - a.loops || b.sessions - a.sessions || (a.name < b.name ? -1 : 1);
}

function grouped(
  sessions: readonly JudgedSession[],
  nameOf: (session: JudgedSession) => string,
): Group[] {
  const groups = new Map<string, JudgedSession[]>();
  for (const session of sessions) {
    const name = nameOf(session);
    const known = groups.get(name);
    if (known === undefined) groups.set(name, [session]);
    else known.push(session);
  }
  return [...groups].map(([name, members]) => ({ name, ...sumsOf(members) }));
}

function sumsOf(sessions: readonly JudgedSession[]): Sums {
  const sum = (of: (session: JudgedSession) => number) =>
    sessions.reduce((total, session) => total + of(session), 0);
  const priced = sessions.filter(({ costNanoUsd }) => costNanoUsd !== null);
  const steps = sum((session) => session.steps);
  const tokens = sum((session) => session.tokens);
  const loopSteps = sum((session) => session.loopSteps);
  const loopTokens = sum((session) => session.loopTokens);
  const isPriced = priced.length > 0;
  return {
    sessions: sessions.length,
    steps,
    calls: sum((session) => session.calls),
    tokens,
    costUsd: isPriced ? sum((session) => session.costNanoUsd ?? 0) / NANO_USD : null,
    loops: sum((session) => session.loopCount),
    looping: sessions.filter(({ loopCount }) => loopCount > 0).length,
    loopSteps,
    loopTokens,
    loopCostUsd: isPriced ? sum((session) => session.loopCostNanoUsd) / NANO_USD : null,
    stepShare: steps === 0 ? 0 : loopSteps / steps,
    tokenShare: tokens === 0 ? null : Math.min(1, loopTokens / tokens),
  };
}

/** The date of the Monday before, in UTC. */
function mondayOf(atMs: number): string {
  const days = Math.floor(atMs / DAY_MS);
  // The first of January 1970 was a Thursday.
  const monday = days - ((((days + 3) % 7) + 7) % 7);
  const date = new Date(monday * DAY_MS);
  return Number.isFinite(date.getTime()) ? date.toISOString().slice(0, 10) : "unknown";
}

function readFacts(notes: Notes, bytes: number): ReadFacts {
  return {
    bytes,
    lines: notes.lines,
    copies: notes.copies,
    links: notes.links,
    notUnderstood: notes.notUnderstood,
    damagedLines: notes.damaged + notes.failed,
    tooLongLines: notes.tooLong,
    unknownKinds: Object.fromEntries(notes.unknown),
    problems: notes.problems,
    problemCount: notes.problemCount,
  };
}
