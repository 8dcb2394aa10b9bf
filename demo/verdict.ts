/** What an agent did, in one line. */
import type { WatchedRun } from "./watch.ts";

const MS_PER_S = 1000;

/** One agent's run in one line, for example `LOOP since step 4: get_x repeated 9 times, 12 s`. */
export function verdictOf(run: WatchedRun): string {
  const calls = run.records.filter((record) => record.category === "tool_api");
  const alerted = run.assessments.findLast((assessment) => assessment.pattern !== undefined);
  if (!alerted?.pattern) {
    return `no alert in ${calls.length} steps, ${run.assessments.at(-1)?.regime}`;
  }
  const { fromStep } = alerted.pattern;
  const repeated = calls.slice(fromStep - 1);
  const tool = repeated[0]?.payload.toolName;
  const seconds = (timeOf(repeated.at(-1)) - timeOf(repeated[0])) / MS_PER_S;
  const times = `${tool} repeated ${repeated.length} times, ${seconds.toFixed(0)} s`;
  return `${alerted.regime} since step ${fromStep}: ${times}`;
}

function timeOf(record: { readonly sourceTimestamp: string } | undefined): number {
  return Date.parse(record?.sourceTimestamp ?? "");
}
