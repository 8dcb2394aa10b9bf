import type { Command } from "commander";
import { HERE, homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";

const ABOUT = `
A selector says which sessions are meant, as caum gate has it: workflow=checkout,since=7d, a folder or a
file, runs:. Without one: everything at the collector that is configured, else on this machine.

An error of the tool is one that it answered with; one of the protocol came before it could. Times are of
calls whose duration is known, to within a sixteenth.

examples:
  caum stats workflow=checkout,since=7d
  caum stats runs: --json
  caum stats bundles/ ~/.claude/projects

exit codes: 0 done, 1 something could not be read (the rest was), 2 there is no such session, a selector
            means nothing, or the collector does not answer`;

export function registerStats(program: Command): void {
  program
    .command("stats")
    .description("what the tools and servers of many sessions did: calls, errors, times, loops")
    .argument("[selector...]", "which sessions")
    .addOption(urlOption())
    .addOption(keyOption(HERE))
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(async (selectors: readonly string[], flags: SourceFlags) => {
      // Loaded when it runs, so that no command pays for another.
      const { runStats } = await import("../../stats/run-stats.ts");
      await runStats(selectors, flags);
    });
}
