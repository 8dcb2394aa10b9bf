/** What an agent did, in one line. */
import type { WatchedSession } from "./watch.ts";

const MS_PER_S = 1000;

/** One agent in one line, for example `LOOP since step 4: get_x repeated 9 times, 12 s`. */
export function verdictOf({ steps }: WatchedSession): string {
  const calls = steps.filter(({ step }) => step !== undefined);
  const alerted = calls.findLast(({ pattern }) => pattern !== undefined);
  if (!alerted?.pattern) {
    return `no alert in ${calls.length} steps, ${calls.at(-1)?.regime}`;
  }
  const { from_step: fromStep } = alerted.pattern;
  const repeated = calls.slice(fromStep - 1);
  const seconds = (timeOf(repeated.at(-1)) - timeOf(repeated[0])) / MS_PER_S;
  const times = `${repeated[0]?.name} repeated ${repeated.length} times, ${seconds.toFixed(0)} s`;
  return `${alerted.regime} since step ${fromStep}: ${times}`;
}

function timeOf(step: { readonly at: string } | undefined): number {
  return Date.parse(step?.at ?? "");
}
