import { join, resolve } from "node:path";
import type { Migration, MigrationProgress } from "@caum/collector";
import { type Command, Option } from "commander";
import { jsonOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import { Progress } from "../../terminal/progress.ts";
import { say, sayJson } from "../../terminal/say.ts";
import { isNodeNewEnough } from "../../up/oldest-node.ts";

interface MigrateOptions {
  readonly from?: string;
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly showKeys?: boolean;
  readonly json?: boolean;
}

const ABOUT = `
examples:
  caum migrate --from ~/.caum/collector --dry-run
  caum migrate --from ~/.caum/collector --to postgres://caum@db.internal/caum

Stop the collector first. The folder is only read, and is the way back until it is removed. Roots,
checkpoints and keys stay the same: each root is computed again from the database at the end, and no
node starts on the database before. A run that was interrupted is completed by the next one.

exit codes: 0 moved and checked, 2 it was not`;

export function registerMigrate(program: Command): void {
  program
    .command("migrate")
    .description("move a collector's folder to PostgreSQL, with its evidence intact")
    .option("--from <folder>", "data folder (default: collector in CAUM_HOME)")
    .addOption(new Option("--to <url>", "an empty PostgreSQL database").env("CAUM_DATABASE"))
    .option("--dry-run", "only say what would be moved; the database is not asked")
    .option("--show-keys", "print the settings of the nodes with their secrets")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action((options: MigrateOptions) => migrate(options));
}

async function migrate(options: MigrateOptions): Promise<void> {
  const progress = new Progress();
  try {
    if (!isNodeNewEnough(process.versions.node)) throw new Error("it needs Node 22.13 or newer");
    const { dryRun: isDryRun = false, to } = options;
    if (to === undefined && !isDryRun) throw new Error("name the database with --to");
    const { migrateFolder } = await import("@caum/collector");
    const { homeOf } = await import("@caum/core/settings");
    const from = resolve(options.from ?? join(homeOf(undefined, process.env), "collector"));
    const migration = await migrateFolder({
      from,
      to: to ?? "",
      env: process.env,
      isDryRun,
      onProgress: (at) => progress.show(describe(at)),
    });
    progress.clear();
    if (options.json) sayJson(asJson(migration, options));
    else say(asText(migration, from, options));
  } catch (failure) {
    progress.clear();
    refuse("migrate", failure);
  }
}

function describe({ step, done, all }: MigrationProgress): string {
  return step === "move"
    ? `moving: ${done} of ${all} records`
    : `checking: ${done} of ${all} sessions`;
}

function asJson(
  migration: Migration,
  { dryRun = false, showKeys = false }: MigrateOptions,
): object {
  const { rows, verifierKey, settings, isResumed } = migration;
  const shown = settings.map(({ name, value, source }) => [name, showKeys ? value : source]);
  return {
    moved: !dryRun,
    resumed: isResumed,
    rows,
    verifierKey,
    settings: Object.fromEntries(shown),
  };
}

function asText(
  { rows, verifierKey, settings, isResumed }: Migration,
  from: string,
  { dryRun, showKeys }: MigrateOptions,
): readonly string[] {
  const what = `${rows.tenants} accounts, ${rows.sessions} sessions, ${rows.records} records`;
  const outcome = isResumed ? "an earlier run completed" : "moved";
  const exports = settings.map(
    ({ name, value, source }) => `  export ${name}="${showKeys ? value : source}"`,
  );
  if (dryRun) return [`${from} holds ${what}; nothing was moved`];
  return [
    `${outcome}: ${what}`,
    "every root and checkpoint was computed again from the database, and is the same",
    `verifier key  ${verifierKey}`,
    "",
    "every node on the database needs the keys of the folder:",
    ...exports,
    '  caum up --database "$CAUM_DATABASE"',
    "",
    "the folder was only read: keep it, or its keys, somewhere safe",
  ];
}
