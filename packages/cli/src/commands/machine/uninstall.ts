import type { Command } from "commander";
import type { Place } from "../../machine/place.ts";
import { collect, jsonOption } from "../../options/declare.ts";
import { hooksOf, requestOf, show } from "./install.ts";

interface UninstallFlags {
  readonly client?: readonly string[];
  readonly project?: boolean;
  readonly dryRun?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
examples:
  caum uninstall                        everything, everywhere
  caum uninstall --client cursor        one client only (repeatable)

Files become what they were, byte for byte; where somebody has edited them since, only what is
ours is taken out. Runs, keys and backups in CAUM_HOME are kept: remove the folder to remove them.

exit codes: 0 done, 1 a file could not be read or written (the others are done), 2 usage`;

export function registerUninstall(program: Command): void {
  program
    .command("uninstall")
    .description("take the recorder out of every client again")
    .option("--client <name>", "only this client (repeatable)", collect)
    .option("--project", "also the files of the project in this folder")
    .option("--dry-run", "change nothing, show what would be done")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(run);
}

async function run(flags: UninstallFlags): Promise<void> {
  const { uninstall } = await import("../../install/install.ts");
  const { uninstallHooks } = await import("../../install/hooks/install-hooks.ts");
  const { uninstallTelemetry } = await import("../../install/telemetry/install-telemetry.ts");
  const { thisMachine } = await import("../../machine/place.ts");
  const request = await requestOf(flags, "uninstall");
  if (!request) return;
  const place = thisMachine();
  const isAsked = flags.client === undefined || request.hookClients.length > 0;
  const telemetry = isAsked ? uninstallTelemetry(hooksOf(request), place) : [];
  const hooks = isAsked ? uninstallHooks(hooksOf(request), place) : [];
  const files = uninstall(request, place);
  const service = flags.client === undefined ? await removeService(flags, place) : undefined;
  await show([...telemetry, ...hooks, ...files], flags, "unwrapped", { service });
}

async function removeService({ dryRun }: UninstallFlags, place: Place) {
  const { uninstallService } = await import("../../service/collector-service.ts");
  return uninstallService(place, dryRun ?? false);
}
