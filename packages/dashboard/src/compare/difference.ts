/** In what two sessions differ, as far as structure tells. */
import type { Trace } from "../session/trace/trace.ts";

/** What one session came to; undefined where nobody said. */
export interface Side {
  readonly steps: number;
  readonly loops: number;
  readonly loopSteps: number;
  /** Steps that did not do what they were asked for. */
  readonly failures: number;
  readonly tokens: number | undefined;
  readonly costUsd: number | undefined;
  /** From the first step to the last. */
  readonly tookMs: number | undefined;
  readonly tools: ReadonlyMap<string, number>;
  /** Tools or models in the order of the steps. */
  readonly order: readonly string[];
}

/** As the collector counts failures. */
const FAILED: ReadonlySet<string> = new Set([
  "error",
  "not_found",
  "timeout",
  "rate_limited",
  "denied",
  "rejected",
]);

export function sideOf({ records, recordOf, steps, loops, tokens, cost }: Trace): Side {
  const made = recordOf.flatMap((index) => records[index] ?? []);
  const tools = new Map<string, number>();
  for (const { name } of made) tools.set(name, (tools.get(name) ?? 0) + 1);
  const [first, last] = [made[0], made.at(-1)];
  return {
    steps: steps.length,
    loops: loops.length,
    loopSteps: loops.reduce((sum, { from, to }) => sum + to - from + 1, 0),
    failures: made.filter(({ status }) => status !== undefined && FAILED.has(status)).length,
    tokens: tokens.at(-1) || undefined,
    costUsd: cost.at(-1) || undefined,
    tookMs: first && last && Math.max(0, last.atMs - first.atMs),
    tools,
    order: made.map(({ name }) => name),
  };
}

/** How many steps both begin with the same tools, in the same order. */
export function sameSteps({ order: one }: Side, { order: other }: Side): number {
  const at = one.findIndex((name, place) => name !== other[place]);
  return at < 0 ? Math.min(one.length, other.length) : Math.min(at, other.length);
}

export interface ToolDifference {
  readonly name: string;
  readonly one: number;
  readonly other: number;
}

/** Steps by tool, those that differ the most first. */
export function toolsOfBoth(one: Side, other: Side): readonly ToolDifference[] {
  const names = [...new Set([...one.tools.keys(), ...other.tools.keys()])];
  const of = ({ tools }: Side, name: string) => tools.get(name) ?? 0;
  return names
    .map((name) => ({ name, one: of(one, name), other: of(other, name) }))
    .sort((a, b) => Math.abs(b.one - b.other) - Math.abs(a.one - a.other));
}
