import { readdirSync, statSync } from "node:fs";
import { join } from "node:path";
import {
  type Configuration,
  loadConfiguration,
  readBlindNotes,
  readLocalAccount,
  readUpstreams,
  spoolProblem,
  type UpstreamStatus,
} from "@caum/core/settings";
import { describeRelay, type RelayState, relayStates } from "../doctor/relay-facts.ts";
import { type HookTallies, type HookTally, readHookTallies } from "../hook/inbox/hook-log.ts";
import { type FileReport, status as wrappedServers } from "../install/install.ts";
import { describeReports } from "../install/print-reports.ts";
import { type TelemetrySender, telemetrySenders } from "../install/telemetry/install-telemetry.ts";
import { partProblems } from "../launcher/parts.ts";
import { thisMachine } from "../machine/place.ts";
import { answersAt } from "../service/answers-at.ts";
import { describeBlindness } from "../terminal/blindness.ts";
import { say, sayJson } from "../terminal/say.ts";

export interface StatusFlags {
  readonly home?: string;
  readonly json?: boolean;
}

interface Status {
  readonly home: string;
  readonly collector: string | null;
  /** One that runs here, where none is configured: commands that read sessions ask it as well. */
  readonly nearby: string | null;
  readonly protocol: string;
  /** Whether there is a key; never the key. */
  readonly hasKey: boolean;
  readonly problems: readonly string[];
  readonly localRuns: { readonly count: number; readonly bytes: number };
  readonly upstreams: readonly UpstreamStatus[];
  /** Clients whose own exporters are set to a collector of ours. */
  readonly telemetry: readonly TelemetrySender[];
  /** What came from the hooks of each client. */
  readonly hooks: HookTallies;
  /** What stands in front of servers that speak HTTP. */
  readonly relays: readonly RelayState[];
  /** Which servers of which clients are recorded. */
  readonly clients: readonly FileReport[];
}

/** Prints what is recorded on this machine, and what waits. */
export async function printStatus({ home, json }: StatusFlags): Promise<void> {
  const status = await statusOf(loadConfiguration({ arguments: { home } }));
  if (json) sayJson(status);
  else say(describe(status));
}

async function statusOf(configuration: Configuration): Promise<Status> {
  const { home, url, protocol, apiKey, problems, warnings } = configuration;
  const spool = spoolProblem(home);
  const place = { ...thisMachine(), caumHome: home };
  const found = [
    ...(spool === undefined ? [] : [spool]),
    ...partProblems(place),
    ...describeBlindness(readBlindNotes(home)),
  ];
  return {
    home,
    collector: url ?? null,
    nearby: url === undefined ? await runningNearby(home) : null,
    protocol,
    hasKey: apiKey !== undefined,
    problems: [...problems, ...warnings, ...found],
    localRuns: countRuns(join(home, "runs")),
    upstreams: await readUpstreams(home),
    hooks: readHookTallies(home),
    telemetry: telemetrySenders(place),
    relays: await relayStates(home),
    clients: wrappedServers({ clients: [], project: false, dryRun: true }, place),
  };
}

async function runningNearby(home: string): Promise<string | null> {
  const account = readLocalAccount(home);
  if (account === undefined) return null;
  const { port } = new URL(account.url);
  return (await answersAt(Number(port))) ? account.url : null;
}

function countRuns(folder: string): Status["localRuns"] {
  let count = 0;
  let bytes = 0;
  for (const name of namesIn(folder)) {
    const found = statSync(join(folder, name, "records.ndjson"), { throwIfNoEntry: false });
    if (!found) continue;
    count += 1;
    bytes += found.size;
  }
  return { count, bytes };
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

function describe(status: Status): readonly string[] {
  const { home, problems, localRuns, upstreams, clients } = status;
  return [
    `home        ${home}`,
    `collector   ${describeCollector(status)}`,
    `local runs  ${localRuns.count} (${sizeOf(localRuns.bytes)})`,
    ...problems.map((problem) => `problem     ${problem}`),
    ...Object.entries(status.hooks).map(describeHooks),
    ...status.telemetry.map(({ title, url }) => `telemetry   ${title}: to ${url}`),
    ...status.relays.map((relay) => `relay       ${describeRelay(relay)}`),
    ...upstreams.flatMap(describeUpstream),
    "",
    ...describeReports(clients),
  ];
}

function describeCollector({ collector, nearby, protocol, hasKey }: Status): string {
  if (collector !== null) {
    return `${collector} (${protocol}, ${hasKey ? "with a key" : "without a key"})`;
  }
  if (nearby === null) return "none: runs stay on this machine";
  return `none is set: runs stay on this machine; CAUM_URL=${nearby} would send them to the one that runs here`;
}

function describeHooks([client, tally]: readonly [string, HookTally]): string {
  const { events, notUnderstood, unread = 0, lastAt } = tally;
  const count = (counts: Readonly<Record<string, number>>) =>
    Object.values(counts).reduce((sum, times) => sum + times, 0);
  const unknown = Object.keys(notUnderstood).join(", ");
  const more = unknown === "" ? "" : `, ${count(notUnderstood)} not understood: ${unknown}`;
  const damaged = unread === 0 ? "" : `, ${unread} damaged`;
  const last = new Date(lastAt).toISOString();
  return `hooks       ${client}: ${count(events)} events, the last at ${last}${more}${damaged}`;
}

function describeUpstream(upstream: UpstreamStatus): readonly string[] {
  const { url, tag, spooled, spooledBytes, dropped, rejected, refused, lastError } = upstream;
  const { damaged, lost } = upstream;
  const error = lastError ? `${lastError.at}  ${lastError.message}` : "none";
  return [
    "",
    `upstream    ${url} (key ${tag.slice(0, 8)})`,
    `  spooled   ${spooled} records (${sizeOf(spooledBytes)})`,
    `  dropped   ${dropped}`,
    `  rejected  ${rejected}`,
    ...(refused > 0
      ? [`  refused   ${refused} folders: links, of somebody else or open to others`]
      : []),
    ...(damaged > 0 ? [`  damaged   ${damaged} lines of the spool that the disk changed`] : []),
    ...(lost > 0
      ? [`  lost      ${lost} records that the disk had: their sessions declare them`]
      : []),
    `  last error ${error}`,
  ];
}

function sizeOf(bytes: number): string {
  return bytes < 1_000_000
    ? `${Math.ceil(bytes / 1_000)} kB`
    : `${(bytes / 1_000_000).toFixed(1)} MB`;
}
