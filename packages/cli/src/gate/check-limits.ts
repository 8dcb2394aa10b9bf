/** The limits of `caum check`: those of `caum gate`, over the sessions of its files. */
import { decideGate } from "@caum/workflows";
import { type LimitFlags, limitsOf } from "../options/limit-flags.ts";
import { refuse } from "../options/refuse.ts";
import { type ReportFlags, reportTargets } from "../options/report-targets.ts";
import { fileProfiles } from "../selectors/file-profiles.ts";
import { complain } from "../terminal/say.ts";
import type { GateReport } from "./gate-report.ts";
import { verdict } from "./gate-text.ts";
import { endWith } from "./run-gate.ts";
import { writeReport } from "./write-report.ts";

export interface CheckLimitFlags extends LimitFlags, ReportFlags {
  readonly predictions?: boolean;
}

/** The lines of --json and --predictions stay alone on standard output. */
export async function checkLimits(
  files: readonly string[],
  { json, predictions, ...flags }: CheckLimitFlags,
): Promise<void> {
  try {
    const limits = limitsOf(flags);
    const targets = reportTargets(flags);
    const { profiles, problems } = await fileProfiles(files);
    const report: GateReport = {
      ...decideGate(undefined, profiles, limits),
      selectors: { baseline: null, candidate: files.join(",") },
      problems,
    };
    const isQuiet = json === true || predictions === true;
    writeReport(report, isQuiet ? targets.filter(({ file }) => file !== undefined) : targets);
    if (isQuiet) complain(`caum check: ${verdict(report)}`);
    endWith(report);
  } catch (problem) {
    refuse("check", problem);
  }
}
