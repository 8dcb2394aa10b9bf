import type { Command } from "commander";
import { reasonOf } from "../reason.ts";

interface InstallFlags {
  readonly client?: readonly string[];
  readonly project?: boolean;
  readonly dryRun?: boolean;
  readonly hooks?: boolean;
  readonly messages?: boolean;
  readonly url?: string;
  readonly json?: boolean;
}

/** Exit code for what was asked for in a way that cannot be done. */
const USAGE = 2;
/** Exit code when a file was found that could not be changed. */
const SOME_LEFT = 1;

const EXAMPLES = `
examples:
  caum install                          wrap every server of every client on this machine
  caum install --dry-run                show what would be done
  caum install --client cursor          one client only (repeatable)
  caum install --client claude-code --hooks
                                        also see the built-in tools of Claude Code
  caum install --url http://127.0.0.1:4070
                                        send records there; a key is read from CAUM_API_KEY

A wrapped server runs alone, as before, whenever something of ours is missing.
exit codes: 0 done, 1 a file could not be read or written (the others are done), 2 usage`;

export function registerInstall(program: Command): void {
  program
    .command("install")
    .description("record the MCP servers of every client on this machine")
    .option("--client <name>", "only this client (repeatable)", collect)
    .option("--project", "also the files of the project in this folder")
    .option("--hooks", "also the built-in tools of Claude Code, by its hooks")
    .option("--messages", "with --hooks: show a message in Claude Code on a hard alert")
    .option("--url <url>", "collector to send to; kept in CAUM_HOME/config.json")
    .option("--dry-run", "change nothing, show what would be done")
    .option("--json", "print the result as JSON")
    .addHelpText("after", EXAMPLES)
    .action(runInstall);
}

export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}

async function runInstall(flags: InstallFlags): Promise<void> {
  const { install } = await import("../install/install.ts");
  const { installHooks } = await import("../install/install-hooks.ts");
  const { thisMachine } = await import("../install/place.ts");
  const place = thisMachine();
  const request = await requestOf(flags, "install");
  if (!request) return;
  if (flags.messages && !flags.hooks) return refuse("install", "--messages needs --hooks");
  try {
    if (flags.url !== undefined && !flags.dryRun) {
      const { keepUpstream } = await import("../install/keep-upstream.ts");
      keepUpstream({ url: flags.url, apiKey: place.env.CAUM_API_KEY }, place);
    }
    const hooks = flags.hooks
      ? [installHooks({ dryRun: request.dryRun, messages: flags.messages ?? false }, place)]
      : [];
    await show([...install(request, place), ...hooks], flags, "wrapped");
  } catch (problem) {
    refuse("install", reasonOf(problem));
  }
}

/** @returns undefined, after saying so, when a client is not known */
export async function requestOf(flags: InstallFlags, command: string) {
  const { CLIENTS } = await import("../install/clients.ts");
  const names = flags.client ?? [];
  const unknown = names.find((name) => !CLIENTS.some((client) => client.name === name));
  if (unknown !== undefined) {
    const known = CLIENTS.map(({ name }) => name).join(", ");
    refuse(command, `no client is called ${unknown}: take one of ${known}`);
    return undefined;
  }
  const clients = CLIENTS.filter(({ name }) => names.includes(name));
  return { clients, project: flags.project ?? false, dryRun: flags.dryRun ?? false };
}

type Reports = Parameters<typeof import("../install/print-reports.ts").describeReports>[0];

export async function show(
  reports: Reports,
  { json, dryRun }: InstallFlags,
  counted: "wrapped" | "unwrapped",
): Promise<void> {
  const { describeReports, describeRestarts } = await import("../install/print-reports.ts");
  if (reports.some(({ outcome }) => outcome === "left")) process.exitCode = SOME_LEFT;
  if (json) {
    console.log(JSON.stringify({ dryRun: dryRun ?? false, files: reports }, undefined, 2));
    return;
  }
  const servers = reports.flatMap((report) => report.servers);
  const count = servers.filter(({ outcome }) => outcome === counted).length;
  const left = servers.filter(({ outcome }) => outcome === "left").length;
  console.log(describeReports(reports));
  const ending = dryRun ? " (dry run: nothing was changed)" : "";
  console.log(`\n${count} ${counted}, ${left} left alone${ending}`);
  if (!dryRun) console.log(describeRestarts(reports));
}

export function refuse(command: string, reason: string): void {
  console.error(`caum ${command}: ${reason}`);
  process.exitCode = USAGE;
}
