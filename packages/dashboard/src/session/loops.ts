import type { Step } from "../server/answers.ts";

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

/** Steps in a row that carry a pattern are one loop; the longest count of it is its name. */
export function loopsOf(steps: readonly Step[]): Loop[] {
  const loops: Loop[] = [];
  let open: Loop | undefined;
  for (const [at, { step, pattern, publicClass }] of steps.entries()) {
    if (pattern === undefined) {
      open = undefined;
      continue;
    }
    const from = Math.max(0, at - (step - pattern.fromStep));
    const isHard = publicClass === "hard_alert";
    const isSame = open !== undefined && from <= open.to;
    if (isSame && open !== undefined) {
      const name = open.isHard && !isHard ? open : { ...pattern };
      const { rule, period, cycles } = name;
      open = {
        rule,
        period,
        cycles,
        from: Math.min(from, open.from),
        to: at,
        isHard: open.isHard || isHard,
      };
      loops[loops.length - 1] = open;
    } else {
      const { rule, period, cycles } = pattern;
      open = { rule, period, cycles, from, to: at, isHard };
      loops.push(open);
    }
  }
  return loops;
}

/** Period and cycles, for example `2 × 7`. */
export function nameOf({ period, cycles }: Loop): string {
  return period > 0 ? `${period} \u00d7 ${cycles}` : `\u00d7 ${cycles}`;
}
