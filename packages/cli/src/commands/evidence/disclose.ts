import { existsSync } from "node:fs";
import { join } from "node:path";
import type { Command } from "commander";
import { homeOption, jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { complain, say, sayJson } from "../../terminal/say.ts";

interface DiscloseFlags {
  readonly home?: string;
  readonly data?: string;
  readonly json?: boolean;
}

const ABOUT = `
Prints the key of one session's digests. Whoever has it and, from elsewhere, the arguments or the result
of a call, can check that they are what was recorded. It opens no other session, and no digest can be
turned back. The key that it comes from stays on this machine: run this where the session was recorded;
for what was posted to a collector's simple doors, where the collector is.

examples:
  caum disclose bundle > session.key
  caum disclose SESSION                          one that is recorded on this machine, without a collector
  caum verify bundle --key VKEY --content result.txt --disclosure session.key

exit codes: 0 printed, 1 printed, and some runs are under keys that are not here,
            2 none of the session's keys is here`;

export function registerDisclose(program: Command): void {
  program
    .command("disclose")
    .description("print the key that lets an auditor check content against one session")
    .argument("<session>", "a bundle of the session, or the id of one that lies on this machine")
    .addOption(homeOption())
    .option("--data <folder>", "the collector's folder (default: collector in CAUM_HOME)")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((session: string, flags: DiscloseFlags) =>
      orRefuse("disclose", () => disclose(session, flags)),
    );
}

async function disclose(session: string, flags: DiscloseFlags): Promise<void> {
  const { loadConfiguration } = await import("@caum/core/settings");
  const { keysFor, openings } = await import("../../keys/disclosed-keys.ts");
  const { home } = loadConfiguration({ arguments: { home: flags.home } });
  const opened = openings(session, home);
  if (opened.length === 0) {
    const why = `no run of it is in ${join(home, "runs")}: give a bundle of it (caum export)`;
    throw new Error(existsSync(session) ? "it holds no record that opens a run" : why);
  }
  const places = { home, data: flags.data ?? join(home, "collector"), env: process.env };
  const { keys, missing } = keysFor(opened, places);
  if (keys.length === 0) {
    throw new Error(
      `it was recorded under another key (${missing.join(", ")}) than is here: run this where it was ` +
        "recorded, with its CAUM_HOME or CAUM_DIGEST_KEY; for a collector's own, with --data",
    );
  }
  if (flags.json) sayJson({ sessionId: opened[0]?.sessionId, keys, missing });
  else say(keys);
  if (missing.length === 0) return;
  complain(
    `caum disclose: other runs of it are under keys that are not here: ${missing.join(", ")}`,
  );
  const { EXIT_CODE } = await import("../../options/exit-code.ts");
  process.exitCode = EXIT_CODE.found;
}
