/** Puts the recorder in front of the servers of every client, and takes it out again. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { placeLauncher, removeLauncher } from "../launcher/place-launcher.ts";
import {
  backUp,
  type ConfigFile,
  FileLeft,
  readConfigFile,
  replaceConfigFile,
  retrying,
} from "../machine/config-file.ts";
import { type Place, pathsOf } from "../machine/place.ts";
import { filesOf } from "./clients/client-files.ts";
import { CLIENTS, type Client } from "./clients/clients.ts";
import { type InstalledFile, installedFiles, rememberFiles } from "./clients/installed-files.ts";
import { type ServerOutcome, type TextOutcome, unwrapText } from "./entries/unwrap-text.ts";
import { wrapText } from "./entries/wrap-text.ts";
import { httpServers, keepHttpServers } from "./http/http-servers.ts";
import { type RelayOf, relayedIn, unwrapUrls, wrapUrls } from "./http/wrap-urls.ts";
import { SourceError } from "./source/source-node.ts";

export interface InstallRequest {
  /** All of them when empty. */
  readonly clients: readonly Client[];
  readonly project: boolean;
  readonly dryRun: boolean;
  /** The relays of servers that speak HTTP; those servers stay as they are when absent. */
  readonly relayOf?: ((target: Target) => RelayOf) | undefined;
}

export interface FileReport {
  readonly client: string;
  readonly title: string;
  readonly path: string;
  readonly outcome: "changed" | "unchanged" | "left";
  readonly reason?: string;
  readonly line?: number;
  readonly servers: readonly ServerOutcome[];
  /** What to do so that the client reads its file again. */
  readonly restart?: string;
}

export interface Target {
  readonly client: Client;
  readonly path: string;
}

type Change = (text: string, target: Target, place: Place) => TextOutcome;

export function install(request: InstallRequest, place: Place): readonly FileReport[] {
  const targets = targetsOf(request, place);
  let isPlaced = request.dryRun;
  const write = (file: ConfigFile, text: string) => {
    // The launcher first: an entry never names one that is not there yet.
    if (!isPlaced) placeLauncher(place);
    isPlaced = true;
    if (request.dryRun) return;
    backUp(file, join(place.caumHome, "backups"));
    replaceConfigFile(file, text);
  };
  const wrap: Change = (text, target) => wrapAll(text, target, place, request.relayOf?.(target));
  const reports = targets.flatMap((target) => change(target, wrap, write, place));
  // An update of ours reaches servers that are wrapped already.
  const hasWrapped = reports.some(({ servers }) => servers.some((s) => s.outcome === "wrapped"));
  if (hasWrapped && !isPlaced) placeLauncher(place);
  if (!request.dryRun) remember(reports, place);
  return reports;
}

function wrapAll(text: string, { client }: Target, place: Place, relayOf?: RelayOf): TextOutcome {
  const commands = wrapText(text, client, place);
  const urls = relayOf
    ? wrapUrls(commands.text, client, place, relayOf)
    : { text: commands.text, outcomes: relayedIn(commands.text, client, place) };
  const servers = commands.servers.map((server, index) => urls.outcomes.get(index) ?? server);
  return { text: urls.text, servers };
}

function unwrapAll(text: string, { client }: Target, place: Place): TextOutcome {
  const commands = unwrapText(text, client, place);
  const urls = unwrapUrls(commands.text, client, place);
  return { text: urls.text, servers: [...commands.servers, ...urls.servers] };
}

export function uninstall(request: InstallRequest, place: Place): readonly FileReport[] {
  const targets = [...targetsOf(request, place), ...rememberedTargets(request, place)];
  const write = (file: ConfigFile, text: string) => {
    if (!request.dryRun) restore(file, text, place);
  };
  const reports = unique(targets).flatMap((target) => change(target, unwrapAll, write, place));
  if (request.dryRun) return reports;
  forget(reports, request, place);
  return reports;
}

function forget(reports: readonly FileReport[], request: InstallRequest, place: Place): void {
  const isClean = reports.every(({ outcome }) => outcome !== "left");
  const gone = new Set(reports.filter(({ outcome }) => outcome !== "left").map(({ path }) => path));
  const kept = installedFiles(place).filter(({ path }) => !gone.has(path));
  try {
    rememberFiles(kept, place);
    const isLeft = ({ path }: { readonly path: string }) => !gone.has(path);
    keepHttpServers(httpServers(place.caumHome).filter(isLeft), place.caumHome);
    if (isClean && request.clients.length === 0) removeLauncher(place);
  } catch {
    // The files of the clients are done; a CAUM_HOME that is broken has nothing to forget.
  }
}

/** What install would find, without any change. */
export function status(request: InstallRequest, place: Place): readonly FileReport[] {
  const look: Change = (text, target) => {
    const wrapped = new Set(unwrapAll(text, target, place).servers.map(({ name }) => name));
    const { servers } = wrapAll(text, target, place);
    const seen = servers.map((server): ServerOutcome => {
      if (server.outcome === "left" || wrapped.has(server.name)) return server;
      return { name: server.name, outcome: "left", reason: "is not recorded yet: caum install" };
    });
    return { text, servers: seen };
  };
  const targets = [...targetsOf(request, place), ...rememberedTargets(request, place)];
  return unique(targets).flatMap((target) => change(target, look, () => undefined, place));
}

/** Files of the project that are there and could be wrapped, when nobody asked for them. */
export function projectFiles(request: InstallRequest, place: Place): readonly FileReport[] {
  if (request.project) return [];
  const own = new Set(targetsOf(request, place).map(({ path }) => path));
  const all = targetsOf({ ...request, project: true }, place);
  const others = all.filter(({ path }) => !own.has(path));
  const isReady = ({ servers }: FileReport) => servers.some((s) => s.outcome === "wrapped");
  return others
    .flatMap((target) => change(target, wrapAll, () => undefined, place))
    .filter((report) => report.outcome === "changed" && isReady(report));
}

export function targetsOf({ clients, project }: InstallRequest, place: Place): readonly Target[] {
  const chosen = clients.length === 0 ? CLIENTS : clients;
  return unique(
    chosen.flatMap((client) =>
      filesOf(client, place, { project }).map((path) => ({ client, path })),
    ),
  );
}

function rememberedTargets({ clients }: InstallRequest, place: Place): readonly Target[] {
  const chosen = clients.length === 0 ? CLIENTS : clients;
  return installedFiles(place).flatMap(({ client: name, path }) => {
    const client = chosen.find((known) => known.name === name);
    return client ? [{ client, path }] : [];
  });
}

function unique(targets: readonly Target[]): readonly Target[] {
  const byKey = new Map(targets.map((target) => [`${target.client.name}\0${target.path}`, target]));
  return [...byKey.values()];
}

/** @returns nothing when there is no such file */
function change(
  target: Target,
  edit: Change,
  write: (file: ConfigFile, text: string) => void,
  place: Place,
): readonly FileReport[] {
  const { client, path } = target;
  const about = { client: client.name, title: client.title, path };
  try {
    return retrying(() => {
      const file = readConfigFile(path);
      if (!file) return [];
      const { text, servers } = edit(file.text, target, place);
      if (text === file.text) return [{ ...about, outcome: "unchanged", servers }];
      write(file, text);
      return [{ ...about, outcome: "changed", servers, restart: client.restart }];
    });
  } catch (problem) {
    return [{ ...about, outcome: "left", servers: [], ...reasonOf(problem) }];
  }
}

function reasonOf(problem: unknown): { readonly reason: string; readonly line?: number } {
  if (problem instanceof SourceError) {
    const reason = `is broken (${problem.message}): correct it and install again`;
    return { reason, line: problem.line };
  }
  if (problem instanceof FileLeft) return { reason: problem.message };
  throw problem;
}

/** The text itself holds what was there before us, so that a backup may fail. */
function restore(file: ConfigFile, text: string, place: Place): void {
  try {
    backUp(file, join(place.caumHome, "backups"));
  } catch {
    // Told by caum doctor.
  }
  replaceConfigFile(file, text);
}

function remember(reports: readonly FileReport[], place: Place): void {
  const known = installedFiles(place);
  const { resolve } = pathsOf(place.platform);
  const found = reports
    .filter(({ servers }) => servers.some(({ outcome }) => outcome === "wrapped"))
    .map(({ client, path }) => installedFile(client, resolve(path)));
  const isFound = ({ client, path }: InstalledFile) =>
    found.some((file) => file.client === client && file.path === path);
  const files = [...known.filter((file) => !isFound(file)), ...found];
  if (!isDeepStrictEqual(files, known)) rememberFiles(files, place);
}

function installedFile(name: string, path: string): InstalledFile {
  const noOtherTools = CLIENTS.find((client) => client.name === name)?.noOtherTools;
  return { client: name, path, ...(noOtherTools && { noOtherTools }) };
}
