/** Where a gate's report goes, and in which form. */
import { writeFileSync } from "node:fs";
import type { ReportTarget } from "../options/report-targets.ts";
import { printed, say, sayJson } from "../terminal/say.ts";
import type { GateReport } from "./gate-report.ts";
import { gateText } from "./gate-text.ts";
import { junitOf } from "./junit.ts";
import { markdownOf } from "./markdown.ts";
import { sarifOf } from "./sarif.ts";

/**
 * Writes every report that can be written, also where another one cannot.
 *
 * @throws {Error} when a file cannot be written; it names the first one
 */
export function writeReport(report: GateReport, targets: readonly ReportTarget[]): void {
  const faults: string[] = [];
  for (const { format, file } of targets) {
    if (file !== undefined) faults.push(...faultOfWriting(file, textOf(report, format)));
    else if (format === "json") sayJson(report);
    else say(textOf(report, format).replace(/\n$/, "").split("\n"));
  }
  if (faults[0] !== undefined) throw new Error(faults[0]);
}

function faultOfWriting(file: string, text: string): readonly string[] {
  try {
    writeFileSync(file, text);
    return [];
  } catch (problem) {
    // True because only the file system throws here.
    const { code } = problem as NodeJS.ErrnoException;
    return [`${file} cannot be written (${code}): name another file with --output`];
  }
}

function textOf(report: GateReport, format: ReportTarget["format"]): string {
  switch (format) {
    case "text":
      return printed(gateText(report));
    case "json":
      return `${JSON.stringify(report, undefined, 2)}\n`;
    case "junit":
      return junitOf(report);
    case "sarif":
      return sarifOf(report);
    case "markdown":
      return markdownOf(report);
  }
}
