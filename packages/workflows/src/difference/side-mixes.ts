/** Which tools were called, what followed what, and which loops there were, on two sides. */
import { comparableName } from "../compare/comparable-name.ts";
import { loopKey } from "../compare/comparable-structure.ts";
import { type LoopKind, OPERATIONS, type SessionProfile } from "../profile/session-profile.ts";
import { transitionPairs } from "../profile/transition-pairs.ts";

/** Two sides of one thing. */
export interface Pair<T> {
  readonly a: T;
  readonly b: T;
}

/** What one tool did, as means over the sessions of a side. */
export interface ToolSide {
  readonly calls: number;
  readonly failures: number;
  /** Sessions that called it. */
  readonly sessions: number;
}

export interface ToolDifference extends Pair<ToolSide> {
  /** Null for all tools under keyed names, which are other ones in every session. */
  readonly tool: string | null;
  readonly server: string | null;
}

/** How often one operation came after another one, as shares of all that followed something. */
export interface TransitionDifference extends Pair<number | null> {
  readonly from: string;
  readonly to: string;
}

export interface LoopSide {
  /** Sessions with such a loop, and how many loops a session has, on average. */
  readonly sessions: number;
  readonly loops: number;
}

export interface LoopDifference
  extends Pair<LoopSide>,
    Pick<LoopKind, "rule" | "period" | "tools"> {}

type Sides = Pair<readonly SessionProfile[]>;

const NO_CALLS: ToolSide = { calls: 0, failures: 0, sessions: 0 };
const NO_LOOPS: LoopSide = { sessions: 0, loops: 0 };

/** Those whose calls differ the most first. */
export function compareTools({ a, b }: Sides): readonly ToolDifference[] {
  const [one, other] = [toolsOf(a), toolsOf(b)];
  return keysOf(one, other)
    .map((key) => {
      // Only `toolsOf` makes keys.
      const [tool, server] = JSON.parse(key) as [string | null, string | null];
      return { tool, server, a: one.get(key) ?? NO_CALLS, b: other.get(key) ?? NO_CALLS };
    })
    .sort(
      (first, second) =>
        apart(second.a.calls, second.b.calls) - apart(first.a.calls, first.b.calls),
    );
}

/** Calls of tools beyond those that a session's profile names, as a mean. */
export function otherCallsOf(profiles: readonly SessionProfile[]): number {
  const all = profiles.reduce((sum, { structure }) => {
    const named = structure.tools.reduce((calls, tool) => calls + tool.calls, 0);
    return sum + Math.max(0, structure.calls - named);
  }, 0);
  return all / profiles.length;
}

function toolsOf(profiles: readonly SessionProfile[]): ReadonlyMap<string, ToolSide> {
  const sums = new Map<string, ToolSide>();
  for (const { structure } of profiles) {
    const counted = new Set<string>();
    for (const { tool, server = "", calls, toolErrors, protocolErrors } of structure.tools) {
      const key = JSON.stringify([comparableName(tool) ?? null, comparableName(server) || null]);
      const before = sums.get(key) ?? NO_CALLS;
      sums.set(key, {
        calls: before.calls + calls,
        failures: before.failures + toolErrors + protocolErrors,
        sessions: before.sessions + (counted.has(key) ? 0 : 1),
      });
      counted.add(key);
    }
  }
  return mapped(sums, ({ calls, failures, sessions }) => ({
    calls: calls / profiles.length,
    failures: failures / profiles.length,
    sessions,
  }));
}

/** Those whose shares differ the most first; a side in which nothing followed anything has none. */
export function compareTransitions({ a, b }: Sides): readonly TransitionDifference[] {
  const [one, other] = [transitionsOf(a), transitionsOf(b)];
  return keysOf(one, other)
    .map((place) => ({
      from: OPERATIONS[Math.floor(place / OPERATIONS.length)] ?? "other",
      to: OPERATIONS[place % OPERATIONS.length] ?? "other",
      a: one.size === 0 ? null : (one.get(place) ?? 0),
      b: other.size === 0 ? null : (other.get(place) ?? 0),
    }))
    .sort(
      (first, second) => apart(second.a ?? 0, second.b ?? 0) - apart(first.a ?? 0, first.b ?? 0),
    );
}

function transitionsOf(profiles: readonly SessionProfile[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let total = 0;
  for (const { structure } of profiles) {
    const pairs = transitionPairs(structure);
    for (let at = 0; at < pairs.length; at += 2) {
      const [place = 0, times = 0] = [pairs[at], pairs[at + 1]];
      counts.set(place, (counts.get(place) ?? 0) + times);
      total += times;
    }
  }
  return mapped(counts, (times) => times / total);
}

/** Those that the shares of sessions differ in the most first. */
export function compareLoopKinds({ a, b }: Sides): readonly LoopDifference[] {
  const kinds = new Map<string, LoopKind>();
  const [one, other] = [loopsOf(a, kinds), loopsOf(b, kinds)];
  const share = (side: LoopSide, { length }: readonly SessionProfile[]) => side.sessions / length;
  return [...kinds]
    .sort(([first], [second]) => (first < second ? -1 : 1))
    .map(([key, { rule, period, tools }]) => ({
      rule,
      period,
      tools: tools.toSorted(),
      a: one.get(key) ?? NO_LOOPS,
      b: other.get(key) ?? NO_LOOPS,
    }))
    .sort(
      (first, second) =>
        apart(share(second.a, a), share(second.b, b)) - apart(share(first.a, a), share(first.b, b)),
    );
}

/** Sessions with a loop of tools whose names say nothing outside of their session. */
export function unnamedLoopsOf(profiles: readonly SessionProfile[]): number {
  return profiles.filter(({ structure }) =>
    structure.loopKinds.some((kind) => kind.count > 0 && !isNamed(kind)),
  ).length;
}

/** @param kinds what was found is added to them */
function loopsOf(
  profiles: readonly SessionProfile[],
  kinds: Map<string, LoopKind>,
): ReadonlyMap<string, LoopSide> {
  const sums = new Map<string, LoopSide>();
  for (const { structure } of profiles) {
    const counted = new Set<string>();
    for (const kind of structure.loopKinds) {
      if (kind.count === 0 || !isNamed(kind)) continue;
      const key = loopKey(kind);
      if (!kinds.has(key)) kinds.set(key, kind);
      const { sessions, loops } = sums.get(key) ?? NO_LOOPS;
      sums.set(key, {
        sessions: sessions + (counted.has(key) ? 0 : 1),
        loops: loops + kind.count,
      });
      counted.add(key);
    }
  }
  return mapped(sums, ({ sessions, loops }) => ({ sessions, loops: loops / profiles.length }));
}

function isNamed({ tools }: LoopKind): boolean {
  return tools.every((tool) => comparableName(tool) !== undefined);
}

/** In an order of their own, so that those that differ alike stand in the same one each time. */
function keysOf<Key extends string | number>(
  one: ReadonlyMap<Key, unknown>,
  other: ReadonlyMap<Key, unknown>,
): readonly Key[] {
  return [...new Set([...one.keys(), ...other.keys()])].sort((first, second) =>
    first < second ? -1 : 1,
  );
}

function apart(one: number, other: number): number {
  return Math.abs(other - one);
}

function mapped<Key, From, To>(
  map: ReadonlyMap<Key, From>,
  to: (value: From) => To,
): ReadonlyMap<Key, To> {
  return new Map([...map].map(([key, value]) => [key, to(value)]));
}
