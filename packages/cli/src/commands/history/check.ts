import type { Command } from "commander";
import type { CheckFormat } from "../../check/run-check.ts";
import { jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { hasLimit, type LimitFlags, limitOptions, limitsOf } from "../../options/limit-flags.ts";
import { refuse } from "../../options/refuse.ts";
import { type ReportFlags, reportOptions, reportTargets } from "../../options/report-targets.ts";

interface CheckOptions extends LimitFlags, ReportFlags {
  readonly predictions?: boolean;
}

const ABOUT = `
With --fail-on or another limit the sessions of the files are held against it, as caum gate does, and
--format and --output write a report of that.

examples:
  caum check trace.ndjson.gz
  caum check --json *.ndjson | head -1
  caum check ~/.caum/runs/*/records.ndjson     run files of one session are one sequence
  zcat trace.gz | caum check -
  caum check ~/.claude/projects/*/SESSION.jsonl     what a client left; docs/histories.md has the list
  caum check --fail-on loop,error --max-steps 60 trace.ndjson
  caum check --fail-on loop --format sarif --output caum.sarif trace.ndjson

exit codes: 0 all was judged, loops or not; 1 a line or a file could not be; 2 usage.
            With a limit: 0 it holds; 1 something was found; 2 it could not be judged`;

export function registerCheck(program: Command): void {
  const command = program
    .command("check")
    .description("find loops in structural traces and histories; nothing is uploaded or kept")
    .argument(
      "<file...>",
      "structural traces, one event a line, plain or gzip; histories and exports; - for standard input",
    )
    .addOption(jsonOption("one JSON object a session"))
    .option("--predictions", "one JSON object an event, in the format of the detection scorer");
  reportOptions(limitOptions(command))
    .addHelpText("after", ABOUT)
    .action(async (files: readonly string[], options: CheckOptions) => {
      const unfit = unfitOptions(files, options);
      if (unfit !== undefined) return refuse("check", unfit);
      // Loaded when it runs, so that no command pays for another.
      const { TraceCheck } = await import("../../check/run-check.ts");
      const check = new TraceCheck(formatOf(options), process.stdout, process.stderr);
      await check.files(files);
      const problems = await check.finish();
      if (hasLimit(options)) {
        const { checkLimits } = await import("../../gate/check-limits.ts");
        await checkLimits(files, options);
        // A line or a file could not be judged; everything else was.
      } else if (problems > 0) process.exitCode = EXIT_CODE.found;
    });
}

/** What is wrong with the options, before a file is read; undefined where nothing is. */
function unfitOptions(files: readonly string[], options: CheckOptions): unknown {
  try {
    limitsOf(options);
    reportTargets(options);
  } catch (problem) {
    return problem;
  }
  const { format, output } = options;
  if (!hasLimit(options)) {
    const isReport = format !== undefined || output !== undefined;
    return isReport ? "a report is one of limits: give --fail-on or another limit" : undefined;
  }
  const isRead = files.includes("-");
  return isRead ? "limits need a file: standard input can be read only once" : undefined;
}

function formatOf(options: CheckOptions): CheckFormat {
  if (options.predictions === true) return "predictions";
  return options.json === true ? "json" : "text";
}
