/** What is promised over the build that this one is held against, row by row. */
import { ratiosOf, type Spread, spreadOf } from "./spread.ts";

/** What one row measured; a round is at the same place in each list. */
export interface Measured {
  readonly now: readonly number[];
  /** The other checkout. */
  readonly before: readonly number[];
  /** What a target is relative to, where that is not the other checkout: a Node pipe, a bare client. */
  readonly floor?: readonly number[];
}

/** What the target is a limit of. */
type Compared = "ratio to before" | "ratio to the floor" | "figure";

export interface Target {
  /** The row's name in the table. */
  readonly what: string;
  /** Which measurement gives it, and under which name. */
  readonly part: string;
  readonly compared: Compared;
  readonly limit: number;
  /** Whether the limit is the least; else it is the most. */
  readonly isLeast?: boolean;
  /** What the floor is called. */
  readonly floorName?: string;
}

const LEAST = { isLeast: true } as const;
const OF_BEFORE = { compared: "ratio to before" } as const;
const OF_FLOOR = { compared: "ratio to the floor" } as const;
const FIGURE = { compared: "figure" } as const;

export const TARGETS: readonly Target[] = [
  {
    what: "collector, SQLite, NDJSON of 100 lines, events/s",
    part: "collector",
    ...OF_BEFORE,
    limit: 2,
    ...LEAST,
  },
  {
    what: "collector, SQLite, one event a request, events/s",
    part: "collector",
    ...OF_BEFORE,
    limit: 1.5,
    ...LEAST,
  },
  {
    what: "collector, PostgreSQL, NDJSON of 100 lines, events/s",
    part: "postgres",
    ...OF_BEFORE,
    limit: 1.8,
    ...LEAST,
  },
  {
    what: "collector, PostgreSQL, one event a request, events/s",
    part: "postgres",
    ...OF_BEFORE,
    limit: 1.4,
    ...LEAST,
  },
  { what: "collector, SQLite, most memory, MB", part: "collector", ...OF_BEFORE, limit: 0.8 },
  {
    what: "proxy with recording, warm, CPU us a call over a Node pipe",
    part: "proxy",
    ...OF_BEFORE,
    limit: 0.5,
  },
  {
    what: "proxy with recording, first 1,000 calls, CPU us a call over a Node pipe",
    part: "proxy",
    ...OF_BEFORE,
    limit: 0.5,
  },
  { what: "observe(), 4 KB of text, p50 us", part: "observe", ...OF_BEFORE, limit: 0.5 },
  { what: "observe(), 4 KB of text, p99 us", part: "observe", ...OF_BEFORE, limit: 0.6 },
  {
    what: "twenty relays after 20 calls each, MiB, shared pages once",
    part: "twenty",
    ...OF_FLOOR,
    floorName: "a Node pipe",
    limit: 1.15,
  },
  { what: "relay after 41,000 calls, RSS MiB", part: "proxy", ...FIGURE, limit: 80 },
  { what: "HTTP proxy with recording, p50 added, ms", part: "http", ...FIGURE, limit: 0.15 },
  {
    what: "wrapped model client, first token of a model that thinks 20 ms, ms",
    part: "model-clients",
    ...OF_FLOOR,
    floorName: "a bare client",
    limit: 1.02,
  },
  {
    what: "wrapped model client, first token of a server that answers at once, ms",
    part: "model-clients",
    ...OF_FLOOR,
    floorName: "a bare client",
    limit: 1.02,
  },
  {
    what: "wrapped model client, CPU ms a MB streamed",
    part: "model-clients",
    ...OF_FLOOR,
    floorName: "a bare client",
    limit: 1.2,
  },
  { what: "caum verify, SHA-256 a record", part: "verify", ...FIGURE, limit: 5 },
  { what: "caum hook, ms over an empty script", part: "hook", ...FIGURE, limit: 8 },
];

export interface Row extends Target {
  readonly rounds: number;
  readonly now: Spread;
  readonly before: Spread;
  readonly floor: Spread | undefined;
  /** This checkout by the other one. */
  readonly ratio: Spread;
  /** What the limit is held against. */
  readonly judged: Spread;
  readonly isMet: boolean;
}

export function judge(target: Target, { now, before, floor }: Measured): Row {
  const ratios = ratiosOf(now, before);
  const judgedBy = {
    "ratio to before": ratios,
    "ratio to the floor": ratiosOf(now, floor ?? []),
    figure: now,
  }[target.compared];
  const judged = spreadOf(judgedBy);
  const isMet =
    target.isLeast === true ? judged.median >= target.limit : judged.median <= target.limit;
  return {
    ...target,
    rounds: now.length,
    now: spreadOf(now),
    before: spreadOf(before),
    floor: floor && spreadOf(floor),
    ratio: spreadOf(ratios),
    judged,
    isMet,
  };
}
