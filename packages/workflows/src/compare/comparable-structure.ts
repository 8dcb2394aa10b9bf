import type { LoopKind, SessionProfile } from "../profile/session-profile.ts";
import { comparableName } from "./comparable-name.ts";

/** Counts by name, and their sum. */
export interface Tally {
  readonly counts: ReadonlyMap<string | number, number>;
  readonly total: number;
}

/** What sessions are compared by. */
export interface ComparableStructure {
  /** Calls by operation. */
  readonly operations: Tally;
  /** How often which operation came after which. */
  readonly transitions: Tally;
  /** Calls by tool and server, of tools with a readable name. */
  readonly tools: Tally;
  /** Calls of tools whose names say nothing outside of their session. */
  readonly unnamedCalls: number;
  /** Loops by kind. */
  readonly loops: Tally;
  /** Steps, with and without a tool. */
  readonly length: number;
}

/** What of a session can be compared with another one: names that are keyed are left out. */
export function comparableStructure({ structure }: SessionProfile): ComparableStructure {
  const tools = structure.tools.flatMap(({ tool, server, calls }) => {
    const name = comparableName(tool);
    if (name === undefined) return [];
    const of = server === undefined ? undefined : comparableName(server);
    return [[of === undefined ? name : `${of}\0${name}`, calls] as const];
  });
  const named = tallyOf(tools);
  const all = structure.tools.reduce((sum, { calls }) => sum + calls, 0);
  return {
    operations: tallyOf(structure.ops.map((times, at) => [at, times])),
    transitions: tallyOf(
      Object.entries(structure.transitions).map(([pair, times]) => [Number(pair), times]),
    ),
    tools: named,
    unnamedCalls: all - named.total,
    loops: tallyOf(structure.loopKinds.map((kind) => [loopKey(kind), kind.count])),
    length: structure.calls + structure.turns,
  };
}

/**
 * Names a kind of loop, alike in all sessions. A cycle is the same wherever it begins, so the order of its
 * tools says nothing.
 */
export function loopKey({
  rule,
  period,
  tools,
}: Pick<LoopKind, "rule" | "period" | "tools">): string {
  const names = tools.map((tool) => comparableName(tool) ?? "x-").toSorted();
  return [rule, period, ...names].join("\0");
}

function tallyOf(entries: readonly (readonly [string | number, number])[]): Tally {
  const counts = new Map<string | number, number>();
  let total = 0;
  for (const [name, times] of entries) {
    if (times <= 0) continue;
    counts.set(name, (counts.get(name) ?? 0) + times);
    total += times;
  }
  return { counts, total };
}
