import { counted } from "../terminal/counted.ts";
import type { CheckReport } from "./checked-session.ts";
import { STRIP_LEGEND } from "./step-strip.ts";

const SHOWN_LOOPS = 5;

/** A session report for people. */
export function checkReportLines(report: CheckReport): readonly string[] {
  const { session, steps, regime, tier, uds, traceQuality } = report;
  const health = `${regime}  ${tier}  uds ${cut(uds)}  trace ${traceQuality}`;
  const lines = [`${session}  ${counted(steps, "step")}  ${health}`];
  for (const loop of report.loops.slice(0, SHOWN_LOOPS)) {
    const cycle = loop.period > 0 ? `, period ${loop.period}` : "";
    lines.push(
      `  loop   ${loop.sentence}`,
      `         ${loop.rule}${cycle}, ${counted(loop.cycles, "cycle")}, ` +
        `steps ${loop.fromStep}-${loop.lastStep}, alert at ${loop.alertStep}`,
    );
  }
  if (report.loopCount > SHOWN_LOOPS) {
    lines.push(`  loop   and ${report.loopCount - SHOWN_LOOPS} more`);
  }
  if (report.weakness !== null) lines.push(`  watch  ${report.weakness}`);
  lines.push(
    `  cycles exact ${percent(report.exactCoverage)}, pattern ${percent(report.patternCoverage)}; ` +
      `work yield ${report.workYield.toFixed(2)}`,
    `  steps  ${report.strip}`,
  );
  return lines;
}

/** What was read in all. */
export interface Totals {
  sessions: number;
  steps: number;
  loops: number;
  looping: number;
  problems: number;
}

export function totalsLine(totals: Totals): string {
  const found = `${counted(totals.loops, "loop")} in ${counted(totals.looping, "session")}`;
  const read = `${counted(totals.sessions, "session")}, ${counted(totals.steps, "step")}`;
  const problems = totals.problems > 0 ? `, ${counted(totals.problems, "problem")}` : "";
  return `${read}: ${found}${problems}   (${STRIP_LEGEND})`;
}

/** Not rounded: 0.2999 is T5 and must not read as 0.30. */
function cut(uds: number): string {
  return (Math.floor(uds * 100) / 100).toFixed(2);
}

function percent(share: number): string {
  return `${Math.round(share * 100)} %`;
}
