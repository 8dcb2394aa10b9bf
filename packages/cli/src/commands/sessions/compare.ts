import type { Command } from "commander";
import { HERE, homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";

const ABOUT = `
A side is the id of a session, or a selector as caum gate has it: workflow=checkout,since=7d, a folder or
a file (bundles, runs, traces, histories), runs:, or a place with one of its sessions: runs:,session=ID.

Two sessions are compared step by step. With several sessions on a side, figures are means, shares have
an interval of 95 % and differ by percentage points. "Typically" is by how much a session of B differs from
one of A (Hodges-Lehmann, of 20 sessions or more on each side). A figure that nobody reported is not known;
it is not 0.

examples:
  caum compare SESSION OTHER
  caum compare workflow=checkout,cohort=before workflow=checkout,cohort=after
  caum compare runs:,last=1 bundles/baseline --json

exit codes: 0 compared, 2 a side matches nothing, means nothing or cannot be read, or the collector does
            not answer`;

export function registerCompare(program: Command): void {
  program
    .command("compare")
    .description("say in what two sessions, or two selections of sessions, differ")
    .argument("<a>", "id of a session, or which sessions")
    .argument("<b>", "what it is compared with")
    .addOption(urlOption())
    .addOption(keyOption(HERE))
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(async (a: string, b: string, flags: SourceFlags) => {
      // Loaded when it runs, so that no command pays for another.
      const { runCompare } = await import("../../compare/run-compare.ts");
      await runCompare(a, b, flags);
    });
}
