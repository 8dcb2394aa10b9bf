import { filesOf } from "../install/clients/client-files.ts";
import { CLIENTS, type Client } from "../install/clients/clients.ts";
import { entriesOf, type ServerEntry } from "../install/entries/server-entry.ts";
import { wrappedWords } from "../install/entries/wrapped-command.ts";
import { readSource } from "../install/source/read-source.ts";
import { memberOf, type SourceNode } from "../install/source/source-node.ts";
import { readConfigFile } from "../machine/config-file.ts";
import type { Place } from "../machine/place.ts";

/** A server as a client starts it: with us, and without. */
export interface ConfiguredServer {
  readonly client: string;
  readonly path: string;
  readonly name: string;
  readonly direct: readonly string[];
  readonly recorded: readonly string[];
  readonly isWrapped: boolean;
  /** What the client gives it to answer. */
  readonly startLimitMs?: number;
  readonly env: Readonly<Record<string, string>>;
  readonly cwd?: string;
  /** Why it cannot be started from here. */
  readonly skipped?: string;
}

const ENV_FIELDS = ["env", "envs", "environment"];
/** Values that only the client can fill in. */
const PLACEHOLDER = /\$\{|\{env:|\{file:/;

export function configuredServers(
  chosen: readonly Client[],
  project: boolean,
  place: Place,
): readonly ConfiguredServer[] {
  const clients = chosen.length === 0 ? CLIENTS : chosen;
  return clients.flatMap((client) =>
    filesOf(client, place, { project }).flatMap((path) => serversIn(path, client, place)),
  );
}

function serversIn(path: string, client: Client, place: Place): readonly ConfiguredServer[] {
  try {
    const file = readConfigFile(path);
    const root = file && readSource(file.text, client.format);
    const entries = entriesOf(root, client, place);
    return entries.flatMap((entry) => serverOf(entry, path, client, place));
  } catch {
    // `caum install` tells what is wrong with the file.
    return [];
  }
}

function serverOf(entry: ServerEntry, path: string, client: Client, place: Place) {
  const { name, node, state } = entry;
  if (state.kind === "left") return [];
  const isWrapped = state.kind === "wrapped";
  const direct = isWrapped ? state.wrapped.words : state.launch.words;
  const recorded = isWrapped
    ? state.launch.words
    : wrappedWords(direct, { command: "" }, name, place);
  const env = environmentOf(state.launch.within?.node ?? node);
  const cwd = memberOf(node, "cwd")?.node;
  const isOpen = [...direct, ...Object.values(env)].some((text) => PLACEHOLDER.test(text));
  const server: ConfiguredServer = {
    client: client.title,
    path,
    name,
    direct,
    recorded,
    isWrapped,
    ...(client.startLimitMs !== undefined && { startLimitMs: client.startLimitMs }),
    env,
    ...(cwd?.kind === "text" && { cwd: cwd.value }),
    ...(isOpen && { skipped: "holds values that only its client can fill in" }),
  };
  return [server];
}

function environmentOf(node: SourceNode): Readonly<Record<string, string>> {
  const found = ENV_FIELDS.map((field) => memberOf(node, field)?.node).find(
    (env) => env?.kind === "map",
  );
  if (found?.kind !== "map") return {};
  return Object.fromEntries(
    found.members.map(({ key, node: value }) => [key, value.kind === "text" ? value.value : ""]),
  );
}
