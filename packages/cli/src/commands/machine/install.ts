import type { Command } from "commander";
import type { Place } from "../../machine/place.ts";
import { collect, jsonOption } from "../../options/declare.ts";
import { EXIT_CODE } from "../../options/exit-code.ts";
import { refuse } from "../../options/refuse.ts";
import type { ServiceReport } from "../../service/collector-service.ts";
import { say, sayJson } from "../../terminal/say.ts";

interface InstallFlags {
  readonly client?: readonly string[];
  readonly project?: boolean;
  readonly dryRun?: boolean;
  readonly hooks?: boolean;
  readonly http?: boolean;
  readonly otel?: boolean;
  readonly messages?: boolean;
  readonly url?: string;
  readonly service?: boolean;
  readonly json?: boolean;
}

const EXAMPLES = `
examples:
  caum install                          wrap every server of every client on this machine
  caum install --dry-run                show what would be done
  caum install --client cursor          one client only (repeatable)
  caum install --no-service             without a collector: runs stay on this machine
  caum install --hooks                  also see the clients' own tools: shell, edit, read
  caum install --http                   also see servers with a URL, by way of the service
  caum install --otel                   also set the clients' own OpenTelemetry exporters
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
    .option("--hooks", "also the clients' own tools, by their hooks")
    .option("--http", "also servers with a URL, by relays of the collector's service")
    .option("--otel", "also what the clients export themselves, to this machine's collector")
    .option("--messages", "with --hooks: show a hard alert in the clients that can")
    .option("--url <url>", "collector to send to; kept in CAUM_HOME/config.json")
    .option("--no-service", "do not keep a collector running on this machine")
    .option("--dry-run", "change nothing, show what would be done")
    .addOption(jsonOption())
    .addHelpText("after", EXAMPLES)
    .action(runInstall);
}

async function runInstall(flags: InstallFlags): Promise<void> {
  const { install, projectFiles } = await import("../../install/install.ts");
  const { installHooks } = await import("../../install/hooks/install-hooks.ts");
  const { thisMachine } = await import("../../machine/place.ts");
  const place = thisMachine();
  const request = await requestOf(flags, "install");
  if (!request) return;
  if (flags.messages && !flags.hooks) return refuse("install", "--messages needs --hooks");
  const { relaysFor } = await import("../../install/relays/relays-for.ts");
  const relays = flags.http ? await relaysFor(request, flags, place) : {};
  if ("refused" in relays) return refuse("install", relays.refused);
  try {
    if (flags.url !== undefined && !flags.dryRun) {
      const { keepUpstream } = await import("../../service/keep-upstream.ts");
      keepUpstream({ url: flags.url, apiKey: place.env.CAUM_API_KEY }, place);
    }
    const messages = flags.messages ?? false;
    const hooks = flags.hooks ? installHooks({ ...hooksOf(request), messages }, place) : [];
    const files = request.isHooksOnly
      ? []
      : install({ ...request, relayOf: relays.relayOf }, place);
    const others = request.isHooksOnly ? [] : projectFiles(request, place);
    const reports = [...files, ...hooks];
    const service = relays.service ?? (await serviceFor(reports, flags, place));
    const telemetry = await telemetryOf(flags, hooksOf(request), place);
    const all = [...reports, ...telemetry.reports];
    await show(all, flags, "wrapped", { others, service, notes: telemetry.notes });
    await sayWhoIsThere(flags);
    if ("refused" in telemetry) refuse("install", telemetry.refused);
  } catch (problem) {
    refuse("install", problem);
  }
}

/** Last, so that a collector that is started now is known. */
async function telemetryOf(
  { otel }: InstallFlags,
  request: ReturnType<typeof hooksOf>,
  place: Place,
) {
  const none = { reports: [], notes: [] };
  if (!otel) return none;
  const { readLocalAccount } = await import("@caum/core/settings");
  const { installTelemetry, telemetryNotes } = await import(
    "../../install/telemetry/install-telemetry.ts"
  );
  const { url, telemetryKey: key } = readLocalAccount(place.caumHome) ?? {};
  if (url === undefined || key === undefined) {
    return { ...none, refused: "--otel needs this machine's collector: start caum up once" };
  }
  const reports = installTelemetry(request, place, { url, key });
  return { reports, notes: telemetryNotes(reports, request, place) };
}

/** Only where something is recorded, and nobody named another collector. */
async function serviceFor(reports: Reports, flags: InstallFlags, place: Place) {
  const isRecorded = reports.some(
    ({ outcome, servers }) => outcome === "changed" || servers.some((s) => s.outcome === "wrapped"),
  );
  if (flags.service === false || flags.url !== undefined || !isRecorded) return undefined;
  const { installService } = await import("../../service/collector-service.ts");
  return installService(place, flags.dryRun ?? false);
}

async function sayWhoIsThere({ url, json }: InstallFlags): Promise<void> {
  if (url === undefined || json) return;
  const { collectorProblem } = await import("../../service/collector-problem.ts");
  const problem = await collectorProblem(url);
  if (problem !== undefined) say(["", `note: ${problem}`]);
}

/** @returns undefined, after saying so, when a client is not known */
export async function requestOf(flags: InstallFlags, command: string) {
  const { CLIENTS } = await import("../../install/clients/clients.ts");
  const { HOOK_CLIENT_NAMES } = await import("../../hook/clients/client-names.ts");
  const names = flags.client ?? [];
  const known = new Set([...CLIENTS.map(({ name }) => name), ...HOOK_CLIENT_NAMES]);
  const unknown = names.find((name) => !known.has(name));
  if (unknown !== undefined) {
    refuse(command, `no client is called ${unknown}: take one of ${[...known].join(", ")}`);
    return undefined;
  }
  const clients = CLIENTS.filter(({ name }) => names.includes(name));
  const hookClients = HOOK_CLIENT_NAMES.filter((name) => names.includes(name));
  return {
    clients,
    hookClients,
    /** Some clients have hooks that are known and no servers that are. */
    isHooksOnly: names.length > 0 && clients.length === 0,
    project: flags.project ?? false,
    dryRun: flags.dryRun ?? false,
  };
}

type AskedClients = NonNullable<Awaited<ReturnType<typeof requestOf>>>;

export function hooksOf({ hookClients, dryRun }: AskedClients) {
  return { clients: hookClients, dryRun };
}

interface More {
  /** Files of the project that nobody asked for. */
  readonly others?: Reports;
  readonly service?: ServiceReport | undefined;
  /** What leaves the clients from now on. */
  readonly notes?: readonly string[] | undefined;
}

type Reports = Parameters<typeof import("../../install/print-reports.ts").describeReports>[0];

export async function show(
  reports: Reports,
  { json, dryRun }: InstallFlags,
  counted: "wrapped" | "unwrapped",
  { others = [], service, notes = [] }: More = {},
): Promise<void> {
  const { describeProject, describeReports, describeRestarts } = await import(
    "../../install/print-reports.ts"
  );
  const isFailed = !dryRun && reports.some(({ outcome }) => outcome === "left");
  if (isFailed) process.exitCode = EXIT_CODE.found;
  if (json) {
    const project = others.map(({ path }) => path);
    const result = { dryRun: dryRun ?? false, files: reports, project, service, notes };
    sayJson(result);
    return;
  }
  const servers = reports.flatMap((report) => report.servers);
  const count = servers.filter(({ outcome }) => outcome === counted).length;
  const left = servers.filter(({ outcome }) => outcome === "left").length;
  say(describeReports(reports));
  const ending = dryRun ? " (dry run: nothing was changed)" : "";
  say(["", `${count} ${counted}, ${left} left alone${ending}`]);
  if (!dryRun) say(describeRestarts(reports));
  if (notes.length > 0) say(["", ...notes]);
  if (service) say(["", `collector: ${service.text}`]);
  if (others.length > 0) say(describeProject(others));
}
