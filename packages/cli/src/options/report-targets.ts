/** `--format` and `--output`: which report goes where. */
import { resolve } from "node:path";
import type { Command } from "commander";
import { collect } from "./declare.ts";

const REPORT_FORMATS = ["text", "json", "junit", "sarif", "markdown"] as const;
export type ReportFormat = (typeof REPORT_FORMATS)[number];

export interface ReportTarget {
  readonly format: ReportFormat;
  /** Undefined for standard output. */
  readonly file: string | undefined;
}

export interface ReportFlags {
  readonly format?: readonly string[];
  readonly output?: readonly string[];
  readonly json?: boolean | undefined;
}

export function reportOptions(command: Command): Command {
  return command
    .option("--format <form>", `${REPORT_FORMATS.join(", ")} (repeatable)`, collect)
    .option(
      "--output <file>",
      "file for the report of the --format before it (repeatable)",
      collect,
    );
}

/**
 * The first file takes the first form, and so on; a form without a file goes to standard output,
 * which has the text where nothing else is said.
 *
 * @throws {Error} when they do not fit together
 */
export function reportTargets({
  format = [],
  output = [],
  json,
}: ReportFlags): readonly ReportTarget[] {
  const formats = format.map(formatOf);
  if (output.length > formats.length) {
    throw new Error("each --output needs a --format before it, such as --format sarif");
  }
  if (new Set(output.map((file) => resolve(file))).size < output.length) {
    throw new Error("each --output needs a file of its own: one report would overwrite another");
  }
  const open = formats.slice(output.length);
  if (open.length + (json === true ? 1 : 0) > 1) {
    throw new Error("only one report fits on standard output: give the others an --output");
  }
  const shown = json === true ? "json" : (open[0] ?? "text");
  return [
    ...output.map((file, at) => ({ format: formats[at] ?? "text", file })),
    { format: shown, file: undefined },
  ];
}

function formatOf(name: string): ReportFormat {
  const known = REPORT_FORMATS.find((format) => format === name);
  if (known !== undefined) return known;
  throw new Error(`--format ${name} is not known: ${REPORT_FORMATS.join(", ")}`);
}
