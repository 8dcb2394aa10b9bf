import type { Command } from "commander";
import type { FlushFlags } from "../../flush/run-flush.ts";
import { homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";

const ABOUT = `
examples:
  caum flush
  caum flush --dry-run

exit codes: 0 everything delivered, 1 records wait still, 2 usage, 3 spooled records were damaged or
gone (they are declared in the record of their session)`;

export function registerFlush(program: Command): void {
  program
    .command("flush")
    .description(
      "deliver what ended processes left in the spool, and close and sign their local runs",
    )
    .addOption(homeOption())
    .addOption(urlOption())
    .addOption(keyOption())
    .option("--within <seconds>", "give up after so long", "30")
    .option("--dry-run", "print what would be sent, and send nothing")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(async (flags: FlushFlags) => {
      const { runFlush } = await import("../../flush/run-flush.ts");
      await runFlush(flags);
    });
}
