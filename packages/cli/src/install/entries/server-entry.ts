/** The servers of a configuration file, and what can be done with each. */
import { existsSync } from "node:fs";
import type { Place } from "../../machine/place.ts";
import type { Client } from "../clients/clients.ts";
import { dataOf, memberOf, type SourceMember, type SourceNode } from "../source/source-node.ts";
import { isHalfWrapped, unwrapWords, type Wrapped, whyNotWrapped } from "./wrapped-command.ts";

/** The parts of an entry that wrapping touches. */
export interface Launch {
  readonly command: SourceMember;
  /** Absent when the entry has no arguments, or one list of command and arguments. */
  readonly args: SourceMember | undefined;
  readonly argsName: string;
  /** The member of the entry that holds both, where they stand one level deeper. */
  readonly within?: SourceMember;
  readonly isOneList: boolean;
  /** Program and arguments as they stand in the file. */
  readonly words: readonly string[];
}

export type EntryState =
  | { readonly kind: "ready"; readonly launch: Launch }
  | { readonly kind: "wrapped"; readonly launch: Launch; readonly wrapped: Wrapped }
  | {
      readonly kind: "left";
      readonly reason: string;
      /** The address of a server that speaks HTTP, where a relay could stand in its place. */
      readonly url?: SourceMember;
      /** Whether the entry says what its client signs in with. */
      readonly hasHeaders?: boolean;
    };

export interface ServerEntry {
  readonly name: string;
  readonly node: SourceNode;
  readonly state: EntryState;
}

const URL_FIELDS = ["url", "httpUrl", "serverUrl", "uri"];
const AUTH_FIELDS = ["headers", "http_headers", "env_http_headers", "bearer_token_env_var"];
const NESTED_FIELDS = { command: "path", args: "args" };
const INPUT = /\$\{input:/;
const OWN_COMMAND = /^(?:.*[\\/])?caum(?:\.cmd|\.exe|\.ps1)?(?:@[^\\/]*)?$|@caum[\\/]cli/;
const OURS = /caum-mcp-proxy|@caum[\\/]mcp-proxy/;

export function entriesOf(
  root: SourceNode | undefined,
  client: Client,
  place: Place,
): readonly ServerEntry[] {
  return client.servers
    .flatMap((path) => nodesAt(root, path))
    .flatMap((servers) => namedEntries(servers))
    .map(({ name, node }) => ({ name, node, state: stateOf(node, client, place) }));
}

function nodesAt(node: SourceNode | undefined, path: readonly string[]): readonly SourceNode[] {
  const [key, ...rest] = path;
  if (!node) return [];
  if (key === undefined) return [node];
  if (key !== "*") return nodesAt(memberOf(node, key)?.node, rest);
  return node.kind === "map" ? node.members.flatMap((member) => nodesAt(member.node, rest)) : [];
}

function namedEntries(servers: SourceNode) {
  if (servers.kind === "map") return servers.members.map(({ key, node }) => ({ name: key, node }));
  if (servers.kind !== "list") return [];
  return servers.items.map((node, index) => {
    const name = memberOf(node, "name")?.node;
    return { name: name?.kind === "text" ? name.value : `#${index + 1}`, node };
  });
}

function stateOf(node: SourceNode, client: Client, place: Place): EntryState {
  if (node.kind !== "map") return left("is no entry of a server");
  const launch = launchOf(node, client);
  const wrapped = launch && unwrapWords(launch.words);
  if (launch && wrapped) return { kind: "wrapped", launch, wrapped };
  if (client.unwrapped !== undefined) return left(client.unwrapped);
  if (node.isShared)
    return left("shares parts with other entries: write it out to have it wrapped");
  const remote = launch ? undefined : remoteOf(node);
  if (remote) return remote;
  const reason = whyLeft(node) ?? (launch ? whyLaunchIsLeft(launch, place) : whyNoLaunch(node));
  if (reason !== undefined || !launch) return left(reason ?? "starts nothing");
  return { kind: "ready", launch };
}

function left(reason: string): EntryState {
  return { kind: "left", reason };
}

function launchOf(entry: SourceNode, client: Client): Launch | undefined {
  const names = client.fields ?? { command: "command", args: "args" };
  const command = memberOf(entry, names.command);
  if (!command) return undefined;
  // As Zed wrote it before: the command is a map with a path.
  if (command.node.kind === "map" && !memberOf(entry, names.args)) {
    const inner = launchOf(command.node, { ...client, fields: NESTED_FIELDS });
    return inner && { ...inner, within: command };
  }
  const argsName = names.args;
  const all = plainWords(command.node);
  if (command.node.kind === "list") {
    if (!all || all.length === 0) return undefined;
    return { command, args: undefined, argsName, isOneList: true, words: all };
  }
  const args = memberOf(entry, argsName);
  const isTwice =
    entry.kind === "map" && entry.members.filter((m) => m.key === argsName).length > 1;
  const rest = args ? plainWords(args.node) : [];
  if (!all || !rest || isTwice || args?.node.kind === "text") return undefined;
  return { command, args, argsName, isOneList: false, words: [...all, ...rest] };
}

/** Texts as they are; undefined when something else is among them. */
function plainWords(node: SourceNode): readonly string[] | undefined {
  const items = node.kind === "list" ? node.items : [node];
  const words = items.map((item) => (item.kind === "text" && !item.isOdd ? item.value : undefined));
  return words.every((word) => word !== undefined) ? words : undefined;
}

function isDisabled(entry: SourceNode): boolean {
  const dataAt = (key: string) => dataOf(memberOf(entry, key)?.node);
  return dataAt("disabled") === true || dataAt("enabled") === false;
}

function whyLeft(entry: SourceNode): string | undefined {
  if (isDisabled(entry)) return "is disabled";
  return URL_FIELDS.some((field) => memberOf(entry, field)) ? "speaks HTTP" : undefined;
}

/** One address and nothing to start. */
function remoteOf(entry: SourceNode): EntryState | undefined {
  const [url, ...more] = URL_FIELDS.flatMap((field) => memberOf(entry, field) ?? []);
  if (!url || more.length > 0 || isDisabled(entry)) return undefined;
  if (url.node.kind !== "text" || url.node.isOdd) return undefined;
  const hasHeaders = AUTH_FIELDS.some((field) => memberOf(entry, field));
  const reason = hasHeaders
    ? "speaks HTTP: nothing to start; caum install --http puts a relay in front of it"
    : "speaks HTTP and may sign in by OAuth, which no relay can: caum install --http asks it";
  return { kind: "left", reason, url, hasHeaders };
}

function whyLaunchIsLeft({ words }: Launch, place: Place): string | undefined {
  const [command = ""] = words;
  if (command === "") return "names no command";
  if (words.some((word) => INPUT.test(word))) return "asks for an input in its command line";
  if (isHalfWrapped(words)) return "was wrapped and then edited by hand: correct its command";
  if (words.some((word) => OURS.test(word))) return "is recorded already";
  if (isOwnServer(words)) return "is CAUM's own server, of which nothing is recorded";
  // A path may have blanks as well; then it is the one of a file.
  if (/\s/.test(command) && !existsSync(command)) return "has arguments inside its command";
  return whyNotWrapped(words, place);
}

/** `caum mcp`, however it is started: by its name, its path, or a package runner. */
function isOwnServer(words: readonly string[]): boolean {
  const at = words.findIndex((word) => OWN_COMMAND.test(word));
  return at >= 0 && words.slice(at + 1).find((word) => !word.startsWith("-")) === "mcp";
}

function whyNoLaunch(entry: SourceNode): string {
  return memberOf(entry, "command") || memberOf(entry, "cmd")
    ? "has a command or arguments that are not plain texts"
    : "starts nothing";
}
