import { resolve } from "node:path";
import type { Backup } from "@caum/collector";
import type { Command } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { orRefuse } from "../../options/refuse.ts";
import { say } from "../../terminal/say.ts";
import { readSettings } from "../../up/settings.ts";

interface Flags {
  readonly data?: string;
  readonly to?: string;
  readonly from?: string;
  readonly keys?: string;
  readonly json?: boolean;
}

const BACKUP = `
The collector may run. What is copied is the database as it stands at one moment; the keys go elsewhere,
with --keys: whoever has both can sign as this collector. A collector on PostgreSQL is backed up with
pg_dump, and its keys are settings.

examples:
  caum collector backup --to /backups/monday --keys /safe/caum-keys
  caum collector backup --data ./collector --to /backups/monday --json

exit codes: 0 copied, 2 it was not`;

const RESTORE = `
The folder is new or empty. The backup is checked, and so is whether the keys are its own, before the
folder gets its name. What was recorded after the backup is gone from the collector: agents that still
have it send it again, and receipts given for it contradict what is signed from now on. Witnesses that saw
more of its log refuse it from then on, and are right: a new signing key begins a new log.

examples:
  caum collector restore --from /backups/monday --keys /safe/caum-keys --data ./collector
  caum up --data ./collector

exit codes: 0 restored and checked, 2 it was not`;

export function registerBackup(collector: Command): void {
  collector
    .command("backup")
    .description("copy a collector's database while it runs, and its keys elsewhere")
    .requiredOption("--to <folder>", "where the copy goes; it holds no backup yet")
    .option("--keys <folder>", "where a copy of the keys goes")
    .option("--data <folder>", "its data folder (default: as for caum up)")
    .addOption(jsonOption())
    .addHelpText("after", BACKUP)
    .action((flags: Flags) => run("backup", flags));
  collector
    .command("restore")
    .description("make a data folder of a backup and its keys")
    .requiredOption("--from <folder>", "the backup")
    .requiredOption("--keys <folder>", "the keys that belong to it")
    .option("--data <folder>", "the new data folder (default: as for caum up)")
    .addOption(jsonOption())
    .addHelpText("after", RESTORE)
    .action((flags: Flags) => run("restore", flags));
}

function run(name: "backup" | "restore", flags: Flags): Promise<void> {
  return orRefuse(`collector ${name}`, async () => {
    const data = await dataFolder(flags);
    const done = name === "backup" ? await backUp(data, flags) : await restore(data, flags);
    const { sessions, records, verifierKey } = done;
    if (flags.json) say(JSON.stringify({ data, ...done }));
    else {
      say(`${sessions} sessions, ${records} records`);
      say(`verifier key  ${verifierKey}`);
      if (name === "restore") say(GONE_BACK);
      else if (flags.keys === undefined) say(WITHOUT_KEYS);
    }
  });
}

const GONE_BACK =
  "what came after the backup is not in it: receipts and witnesses that saw more contradict it";
const WITHOUT_KEYS =
  "the keys are not in it, and nothing is restored without them: --keys <folder>";

async function backUp(data: string, { to = "", keys }: Flags): Promise<Backup> {
  const { backUpFolder, backUpKeys } = await import("@caum/collector");
  const backup = backUpFolder(data, resolve(to), process.env);
  if (keys !== undefined) backUpKeys(data, resolve(keys));
  return backup;
}

async function restore(data: string, { from = "", keys = "" }: Flags): Promise<Backup> {
  const { restoreFolder } = await import("@caum/collector");
  return restoreFolder(resolve(from), resolve(keys), data, process.env);
}

async function dataFolder({ data: given }: Flags): Promise<string> {
  const { homeOf } = await import("@caum/core/settings");
  const home = homeOf(undefined, process.env);
  const flags = given === undefined ? {} : { data: given };
  const { data, database } = readSettings({ flags, env: process.env, home }).settings;
  if (database === undefined) return resolve(data);
  throw new Error("the collector is on PostgreSQL: pg_dump and pg_restore do this");
}
