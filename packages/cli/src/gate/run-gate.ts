/** `caum gate`: reads both sides, decides, and writes what it found. */
import { decideGate } from "@caum/workflows";
import { reasonOfAsking } from "../options/collector-of.ts";
import { EXIT_CODE } from "../options/exit-code.ts";
import {
  type ComparisonFlags,
  hasLimit,
  type LimitFlags,
  limitsOf,
} from "../options/limit-flags.ts";
import { refuse } from "../options/refuse.ts";
import { type ReportFlags, reportTargets } from "../options/report-targets.ts";
import { readProfiles } from "../selectors/read-profiles.ts";
import { parseSelector } from "../selectors/selector.ts";
import type { SourceFlags } from "../sessions/source-of.ts";
import { type GateReport, outcomeOf } from "./gate-report.ts";
import { writeReport } from "./write-report.ts";

export interface GateFlags extends SourceFlags, LimitFlags, ComparisonFlags, ReportFlags {
  readonly baseline?: string;
  readonly candidate: string;
}

export async function runGate(flags: GateFlags): Promise<void> {
  try {
    const limits = limitsOf(flags);
    const targets = reportTargets(flags);
    if (flags.baseline === undefined && !hasLimit(flags)) {
      throw new Error(
        "nothing to hold the candidate against: give --baseline, --fail-on or a limit",
      );
    }
    if (flags.baseline === undefined && comparesGrowth(flags)) {
      throw new Error("a growth is one over a baseline: give --baseline");
    }
    const nowMs = Date.now();
    const candidate = parseSelector(flags.candidate, nowMs);
    const baseline =
      flags.baseline === undefined ? undefined : parseSelector(flags.baseline, nowMs);
    const first = baseline === undefined ? undefined : await readProfiles(baseline, flags);
    const second = await readProfiles(candidate, flags);
    const report: GateReport = {
      ...decideGate(first?.profiles, second.profiles, limits),
      selectors: { baseline: flags.baseline ?? null, candidate: flags.candidate },
      problems: [...new Set([...(first?.problems ?? []), ...second.problems])],
    };
    writeReport(report, targets);
    endWith(report);
  } catch (problem) {
    refuse("gate", reasonOfAsking(problem));
  }
}

function comparesGrowth({ maxLoopGrowth, maxCostGrowth }: ComparisonFlags): boolean {
  return maxLoopGrowth !== undefined || maxCostGrowth !== undefined;
}

/** Sets how the command ends. */
export function endWith(report: GateReport): void {
  const outcome = outcomeOf(report);
  if (outcome === "found") process.exitCode = EXIT_CODE.found;
  if (outcome === "not_judged") process.exitCode = EXIT_CODE.notDone;
}
