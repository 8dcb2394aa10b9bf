import type { Step } from "../../server/answers.ts";

/** A loop as the strip shows it: a bracket over the steps it holds. */
export interface Loop {
  readonly rule: string;
  /** Length of one cycle in steps; 0 where the repeats come in any order. */
  readonly period: number;
  readonly cycles: number;
  /** First and last step, as places among the assessed steps from 0. */
  readonly from: number;
  readonly to: number;
  /** Whether a hard rule stood; else it only calls for a look. */
  readonly isHard: boolean;
}

/** Steps in a row that carry a pattern are one loop, named by what was found of it last. */
export function loopsOf(steps: readonly Step[]): Loop[] {
  const loops: Loop[] = [];
  let isOpen = false;
  for (const [at, { step, pattern, publicClass }] of steps.entries()) {
    if (pattern !== undefined) {
      const { rule, period, cycles, fromStep } = pattern;
      const from = Math.max(0, at - (step - fromStep));
      const found = { rule, period, cycles, from, to: at, isHard: publicClass === "hard_alert" };
      const before = isOpen ? loops.at(-1) : undefined;
      if (before !== undefined && from <= before.to)
        loops[loops.length - 1] = joined(before, found);
      else loops.push(found);
    }
    isOpen = pattern !== undefined;
  }
  return loops;
}

/** A loop keeps the name that a hard rule gave it. */
function joined(before: Loop, found: Loop): Loop {
  const named = before.isHard && !found.isHard ? before : found;
  const from = Math.min(before.from, found.from);
  return { ...named, from, to: found.to, isHard: named.isHard };
}

/** Period and cycles, for example `2 × 7`. */
export function nameOf({ period, cycles }: Loop): string {
  return period > 0 ? `${period} × ${cycles}` : `× ${cycles}`;
}
