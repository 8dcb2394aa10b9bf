import type { Command } from "commander";
import {
  HERE,
  homeOption,
  jsonOption,
  keyOption,
  type SharedFlags,
  urlOption,
} from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { VERSION } from "../../options/version.ts";
import { complain, say, sayJson } from "../../terminal/say.ts";

const ABOUT = `
The sessions of histories (docs/histories.md) become records of the layer import, at the times at which
things happened. Nobody saw them happen: caum verify says "imported, not witnessed". What was imported
before is left out, and so are calls that hooks or the proxy recorded while they were made.

examples:
  caum import ~/.claude/projects
  caum import exported/ --url http://127.0.0.1:4070

exit codes: 0 done, 1 a file could not be read (the others are done), 2 nothing was found`;

export function registerImport(program: Command): void {
  program
    .command("import")
    .description("record what is in histories, marked as imported")
    .argument("<path...>", "folders or files")
    .addOption(urlOption(HERE))
    .addOption(keyOption())
    .addOption(homeOption())
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(paths: readonly string[], flags: SharedFlags): Promise<void> {
  // Loaded when it runs, so that no command pays for another.
  const { importHistories } = await import("../../import/import-histories.ts");
  const { resultOf, resultText } = await import("../../import/print-result.ts");
  const { homeOf } = await import("@caum/core/settings");
  const home = homeOf(flags.home, process.env);
  const { sessions, notes } = await importHistories({
    paths,
    home,
    url: flags.url,
    key: flags.key,
    version: VERSION,
  });
  for (const { path, problem } of notes.problems) {
    complain(`caum import: ${path}: ${problem}`);
  }
  if (flags.json === true) sayJson(resultOf(sessions, notes));
  else say(resultText(sessions, notes));
  if (notes.problemCount > 0) process.exitCode = EXIT_CODE.found;
  if (sessions.length === 0) process.exitCode = EXIT_CODE.notDone;
}
