import type { Command } from "commander";
import { homeOption, jsonOption } from "../../options/declare.ts";
import { refuse } from "../../options/refuse.ts";
import type { Pruned } from "../../prune/prune.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface PruneFlags {
  readonly older: string;
  readonly home?: string;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const ABOUT = `
Runs that nobody has written to for so long go, with what was kept of tools, client sessions and
events of hooks. What waits for a collector stays: caum flush sends it. Keys and settings stay.

examples:
  caum prune --older 30d --dry-run
  caum prune --older 12h

exit codes: 0 done, 2 it could not be done`;

const UNITS: Readonly<Record<string, number>> = { h: 3_600_000, d: 86_400_000, w: 604_800_000 };

export function registerPrune(program: Command): void {
  program
    .command("prune")
    .description("remove old runs and what was kept beside them")
    .requiredOption("--older <time>", "what was not touched for so long: 12h, 30d, 8w")
    .addOption(homeOption())
    .option("--dry-run", "change nothing, show what would be removed")
    .addOption(jsonOption())
    .addHelpText("after", ABOUT)
    .action(run);
}

async function run(flags: PruneFlags): Promise<void> {
  const { prune } = await import("../../prune/prune.ts");
  const { thisMachine } = await import("../../machine/place.ts");
  const dryRun = flags.dryRun ?? false;
  const age = millisecondsOf(flags.older);
  if (age === undefined)
    return refuse("prune", `--older ${flags.older} is no time: write 12h, 30d or 8w`);
  const home = flags.home ?? thisMachine().caumHome;
  try {
    const pruned = prune({ home, beforeMs: Date.now() - age, dryRun });
    if (flags.json) sayJson({ dryRun, pruned });
    else say(said(pruned, dryRun));
  } catch (problem) {
    refuse("prune", problem);
  }
}

function millisecondsOf(text: string): number | undefined {
  const [, amount, unit = ""] = /^([1-9][0-9]{0,5})([hdw])$/.exec(text) ?? [];
  const length = UNITS[unit];
  return amount === undefined || length === undefined ? undefined : Number(amount) * length;
}

function said(pruned: readonly Pruned[], dryRun: boolean): readonly string[] {
  const lines = pruned
    .filter(({ count }) => count > 0)
    .map(
      ({ folder, count, bytes }) =>
        `${folder.padEnd(8)}  ${count} (${Math.ceil(bytes / 1_000)} kB)`,
    );
  if (lines.length === 0) return ["nothing is that old"];
  return [...lines, dryRun ? "dry run: nothing was removed" : "removed"];
}
