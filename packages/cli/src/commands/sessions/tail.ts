import type { Command } from "commander";
import { homeOption, jsonOption, keyOption, urlOption } from "../../options/declare.ts";
import type { TailFlags } from "../../sessions/tail.ts";

const ABOUT = `
With a collector (--url, CAUM_URL, config.json) its 20 newest sessions are asked for; one that goes away is
waited for. Without one the runs on this machine are read, and the collector of this machine is asked as
well when it runs. Ctrl-C ends it.

examples:
  caum tail
  caum tail SESSION --once --json

exit codes: 0 also after Ctrl-C, 2 the collector refuses, or did not answer the first time`;

export function registerTail(program: Command): void {
  program
    .command("tail")
    .description("watch sessions, one row per step")
    .argument("[session]", "only this one")
    .addOption(urlOption())
    .addOption(keyOption())
    .option("--local", "the runs on this machine, whatever is configured")
    .addOption(homeOption())
    .option("--once", "print what is there and end")
    .addOption(jsonOption("one JSON object per step"))
    .addHelpText("after", ABOUT)
    .action(async (session: string | undefined, flags: TailFlags) => {
      const { tail } = await import("../../sessions/tail.ts");
      await tail(session, flags);
    });
}
