import type { Command } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { say } from "../../terminal/say.ts";
import { readSettings } from "../../up/settings.ts";
import { registerBackup } from "./collector-backup.ts";

interface KeysFlags {
  readonly json?: boolean;
}

const ABOUT = `
The first API key and the first admin key, as caum up printed them on its first start. The collector
may run or not; nothing is changed. One that was revoked stays revoked: with the other one, or with a
new data folder, you go on. Keys of accounts that registered are stored as hashes and cannot be shown.

examples:
  caum collector keys
  caum collector keys --data ./collector --json

exit codes: 0 printed, 2 there is no collector's key to read`;

export function registerCollector(program: Command): void {
  const collector = program
    .command("collector")
    .description("what the operator of a collector can ask for without starting one");
  collector
    .command("keys")
    .description("print the first keys of a collector again")
    .option("--data <folder>", "its data folder (default: as for caum up)")
    .option("--database <url>", "its database; the keys come from CAUM_SIGNING_KEY then")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((flags: KeysFlags) => keys(flags));
  registerBackup(collector);
}

function keys({ json, ...flags }: KeysFlags): Promise<void> {
  return orRefuse("collector keys", async () => {
    const { homeOf } = await import("@caum/core/settings");
    const home = homeOf(undefined, process.env);
    const { readFirstKeys } = await import("@caum/collector");
    const { data, database } = readSettings({ flags, env: process.env, home }).settings;
    const found = readFirstKeys({ data, database, env: process.env });
    if (json) say(JSON.stringify(found));
    else say([`API key    ${found.apiKey}`, `admin key  ${found.adminKey}`]);
  });
}
