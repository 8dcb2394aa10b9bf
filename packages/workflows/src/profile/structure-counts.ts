/** The counts of a session as they grow, and what is said of them. */
import type { Layer } from "@caum/core";
import type { LoopKind, SessionStructure, ToolFigures } from "./session-profile.ts";
import { OPERATIONS } from "./session-profile.ts";

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

export interface ToolCount extends Mutable<Omit<ToolFigures, "durations">> {
  durations: Record<number, number>;
}

/** Grows while the session lasts; plain JSON. */
export interface Counts
  extends Mutable<Omit<SessionStructure, "pending" | "models" | "tools" | "loopKinds">> {
  /** The step that was counted last. */
  steps: number;
  ops: number[];
  /** Operation of the latest call; below 0 before the first. */
  lastOp: number;
  transitions: Record<number, number>;
  tools: ToolCount[];
  /** By place of the tool: digest of the arguments of its latest call, where that one failed. */
  failedWith: Record<number, string>;
  /** Turns by model, by the layer that reported them. */
  models: Partial<Record<Layer, Record<string, number>>>;
  loopKinds: Mutable<LoopKind>[];
  /** Place of the latest loop among the kinds; below 0 where it has none. */
  loopKind: number;
  /** Last step of a loop that was counted. */
  coveredTo: number;
  inLoops: Mutable<SessionStructure["inLoops"]>;
  afterAlert: Mutable<SessionStructure["afterAlert"]>;
  /** Tokens and milliseconds, by the layer that reported them. */
  told: Partial<Record<Layer, { tokens: number; ms: number }>>;
  /** Ids of calls that wait or were given up, and how many of those have none. */
  waiting: { ids: string[]; others: number };
}

export function noCounts(): Counts {
  return {
    steps: 0,
    calls: 0,
    turns: 0,
    reviewSteps: 0,
    failures: 0,
    retries: 0,
    denied: 0,
    ops: OPERATIONS.map(() => 0),
    lastOp: -1,
    transitions: {},
    tools: [],
    failedWith: {},
    models: {},
    loopKinds: [],
    loopKind: -1,
    coveredTo: 0,
    inLoops: { tokens: 0, ms: 0 },
    afterAlert: { steps: 0, tokens: 0, costNanoUsd: 0, ms: 0 },
    told: {},
    waiting: { ids: [], others: 0 },
  };
}

/** What is said of them; a view, which goes on with the counts. */
export function structureOf(counts: Counts): SessionStructure {
  const { calls, turns, reviewSteps, failures, retries, denied, client, ops } = counts;
  const { transitions, tools, loopKinds, inLoops, afterAlert, waiting } = counts;
  return {
    calls,
    turns,
    reviewSteps,
    failures,
    retries,
    denied,
    pending: waiting.ids.length + waiting.others,
    ...(client !== undefined && { client }),
    ops,
    transitions,
    tools,
    models: modelsOf(counts),
    loopKinds,
    inLoops,
    afterAlert,
  };
}

/** Two layers may report a turn: they are counted apart, and the one that reported most is right. */
function modelsOf({ models }: Counts): SessionStructure["models"] {
  let most: SessionStructure["models"] = {};
  let turns = 0;
  for (const told of Object.values(models)) {
    const sum = Object.values(told).reduce((all, count) => all + count, 0);
    if (sum > turns) most = told;
    turns = Math.max(turns, sum);
  }
  return most;
}
