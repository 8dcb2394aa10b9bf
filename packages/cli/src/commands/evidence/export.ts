import type { Command } from "commander";
import type { ExportOptions } from "../../export/run-export.ts";
import { HERE, jsonOption, keyOption, urlOption } from "../../options/declare.ts";

const ABOUT = `
examples:
  caum export SESSION --out bundle            a new folder
  caum export SESSION --out bundle.tar        the archive as it is sent
  caum export --all --out sessions            all of them, with the log that shows when one is missing
  caum verify bundle --key VKEY               offline, anywhere; the command is printed at the end

The key that is printed with it comes from the collector itself: whoever wants proof against its
operator gets the key from somewhere else.

exit codes: 0 exported, 2 it was not: nothing is left at --out`;

export function registerExport(program: Command): void {
  program
    .command("export")
    .description("fetch a session from a collector as a bundle that anyone can verify")
    .argument("[session]", "id of the session")
    .option("--all", "all sessions of the account, and the log of their heads, as a new folder")
    .requiredOption("--out <path>", "new folder, or a file that ends in .tar")
    .addOption(urlOption(HERE))
    .addOption(keyOption(HERE))
    .option("--token <token>", "token of a live session, instead of a key")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(async (session: string | undefined, options: ExportOptions) => {
      const { runExport } = await import("../../export/run-export.ts");
      await runExport(session, options);
    });
}
