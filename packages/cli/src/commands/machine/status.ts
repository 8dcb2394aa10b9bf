import type { Command } from "commander";
import { homeOption, jsonOption } from "../../options/declare.ts";
import type { StatusFlags } from "../../status/print-status.ts";

const ABOUT = `
examples:
  caum status
  caum status --json

exit codes: 0 always; what is wrong is said in the text`;

export function registerStatus(program: Command): void {
  program
    .command("status")
    .description("what is recorded on this machine, and what waits for which collector")
    .addHelpText("after", ABOUT)
    .addOption(homeOption())
    .addOption(jsonOption("print it as JSON"))
    .action(async (flags: StatusFlags) => {
      const { printStatus } = await import("../../status/print-status.ts");
      await printStatus(flags);
    });
}
