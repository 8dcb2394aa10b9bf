import type { Command } from "commander";
import { HERE, homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import type { SourceFlags } from "../../sessions/source-of.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface SimilarFlags extends SourceFlags {
  readonly limit: string;
}

const MOST = 50;

const ABOUT = `
Sessions are compared by their structure: operations and their order, tools, length and kinds of loops.
A distance is from 0, the same, to 1, nothing in common. With a collector some thousand sessions are
looked at, those of the same workflow and agent first; without one, the runs on this machine.

examples:
  caum similar SESSION
  caum similar SESSION --limit 3 --json

exit codes: 0 compared, 2 there is no such session, or the collector does not answer or refuses`;

export function registerSimilar(program: Command): void {
  program
    .command("similar")
    .description("list the sessions that are built most like one")
    .argument("<session>", "id of the session")
    .option("--limit <n>", `how many, at most ${MOST}`, "10")
    .addOption(urlOption())
    .addOption(keyOption(HERE))
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(similar);
}

async function similar(id: string, flags: SimilarFlags): Promise<void> {
  const limit = Number(flags.limit);
  if (!(Number.isInteger(limit) && limit >= 1 && limit <= MOST)) {
    return refuse("similar", `--limit takes a number from 1 to ${MOST}`);
  }
  try {
    const { sourceOf } = await import("../../sessions/source-of.ts");
    const { similarLines } = await import("../../sessions/shown/similar-lines.ts");
    const found = await sourceOf(flags).similar(id, limit);
    if (flags.json) sayJson(found);
    else say(similarLines(found));
  } catch (problem) {
    refuse("similar", problem);
  }
}
