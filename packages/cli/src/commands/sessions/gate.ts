import type { Command } from "commander";
import type { GateFlags } from "../../gate/run-gate.ts";
import { HERE, homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { comparisonOptions, limitOptions } from "../../options/limit-flags.ts";
import { reportOptions } from "../../options/report-targets.ts";

const ABOUT = `
A selector says which sessions are meant, in parts that are joined by commas: workflow=, agent=, cohort=,
client=, since= and until= (7d, 12h, 2026-11-01), last= (the newest so many), or session= for one, and where
they are: a folder or a file (bundles, runs, traces, histories), or runs: for those of this machine. Without
a place the collector that is configured is asked, else the runs of this machine.

Against a baseline it finds that loops became more frequent by Fisher's exact test, and that sessions cost
more by the rank-sum test; both together are wrong in at most 5 of 100 cases. docs/gate.md has how large a
change must be to be found.

examples:
  caum gate --baseline workflow=checkout,cohort=before --candidate workflow=checkout,cohort=after
  caum gate --baseline agent=coder,since=30d,until=1d --candidate agent=coder,since=1d --max-cost-growth 20%
  caum gate --baseline baseline/ --candidate bundles/          folders of bundles, without a network
  caum gate --candidate runs:,since=1h --fail-on loop,denied --forbid-tool delete_file --max-steps 60
  caum gate --candidate bundles/ --fail-on loop --format sarif --output caum.sarif

exit codes: 0 passed, 1 something was found, 2 it could not be judged: too few sessions, a selector
            that means nothing, something that cannot be read`;

export function registerGate(program: Command): void {
  const command = program
    .command("gate")
    .description("hold sessions against others from before, and against limits, for a build")
    .option("--baseline <selector>", "sessions from before that the candidate is compared with")
    .requiredOption("--candidate <selector>", "sessions that are to pass");
  reportOptions(limitOptions(comparisonOptions(command)))
    .addOption(urlOption())
    .addOption(keyOption(HERE))
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(async (flags: GateFlags) => {
      // Loaded when it runs, so that no command pays for another.
      const { runGate } = await import("../../gate/run-gate.ts");
      await runGate(flags);
    });
}
