/** Puts relays in front of the servers that a configuration file names by an address, and takes them out. */
import { isDeepStrictEqual } from "node:util";
import type { Place } from "../../machine/place.ts";
import type { Client } from "../clients/clients.ts";
import { entriesOf, type ServerEntry } from "../entries/server-entry.ts";
import { applied, replacing, restoring } from "../entries/text-edit.ts";
import type { ServerOutcome, TextOutcome } from "../entries/unwrap-text.ts";
import { readSource } from "../source/read-source.ts";
import { dataOf, literalOf, type SourceMember } from "../source/source-node.ts";
import { relayedUrl, unrelayed } from "./local-url.ts";

/** A server that a client reaches by HTTP. */
export interface RemoteServer {
  readonly name: string;
  /** As in the file, with what only the client can fill in. */
  readonly url: string;
  /** Whether the entry says what the client signs in with. */
  readonly hasHeaders: boolean;
  readonly isRelayed: boolean;
}

/** A relay that answers, or why there is none. */
export type Relay = { readonly port: number } | { readonly reason: string };
export type RelayOf = (server: Pick<RemoteServer, "name" | "url">) => Relay;

interface Found {
  readonly at: number;
  readonly member: SourceMember;
  readonly server: RemoteServer;
}

/** @throws {SourceError} when the text is not of the client's format */
export function remoteServersIn(text: string, client: Client, place: Place) {
  return foundIn(text, client, place).map(({ server }) => server);
}

interface WrappedUrls {
  readonly text: string;
  /** By the number of the entry in the file; the others are not ours to report. */
  readonly outcomes: ReadonlyMap<number, ServerOutcome>;
}

/**
 * The text with every address replaced for which there is a relay.
 *
 * @throws {SourceError} when the text is not of the client's format
 */
export function wrapUrls(
  text: string,
  client: Client,
  place: Place,
  relayOf: RelayOf,
): WrappedUrls {
  const plain = unwrapUrls(text, client, place).text;
  const outcomes = new Map<number, ServerOutcome>();
  let edited = plain;
  // One after the other: one that cannot be edited must not keep the others from being wrapped.
  for (const { at, server } of foundIn(plain, client, place)) {
    const { name, url } = server;
    const relay = relayOf(server);
    if ("reason" in relay) {
      outcomes.set(at, { name, outcome: "left", reason: relay.reason });
      continue;
    }
    const next = withRelay(edited, { at, url, port: relay.port }, client, place);
    const isSound = next !== undefined && unwrapUrls(next, client, place).text === plain;
    if (isSound) edited = next;
    const reason = "is written in a way that is not edited";
    outcomes.set(at, isSound ? { name, outcome: "wrapped" } : { name, outcome: "left", reason });
  }
  return { text: edited, outcomes };
}

/** The entries that have a relay already. */
export function relayedIn(text: string, client: Client, place: Place): WrappedUrls["outcomes"] {
  const relayed = foundIn(text, client, place).filter(({ server }) => server.isRelayed);
  return new Map(
    relayed.map(({ at, server: { name } }) => [at, { name, outcome: "wrapped" } as const]),
  );
}

/**
 * The text with every address as it was. Only those servers are reported.
 *
 * @throws {SourceError} when the text is not of the client's format
 */
export function unwrapUrls(text: string, client: Client, place: Place): TextOutcome {
  const ours = foundIn(text, client, place).flatMap(({ at, member, server }) => {
    const before = member.node.kind === "text" ? unrelayed(member.node.value) : undefined;
    return before ? [{ at, member, server, before }] : [];
  });
  const servers = ours.map(
    ({ server }): ServerOutcome => ({ name: server.name, outcome: "unwrapped" }),
  );
  const plainly = ours.map(({ member, before }) => replacing(member, literalOf(before.url)));
  const exactly = ours.map(({ member, before: { url, source } }) =>
    source === undefined ? replacing(member, literalOf(url)) : restoring(member, source),
  );
  const restored = applied(text, exactly);
  const urls = ours.map(({ at, before }) => [at, before.url]);
  if (
    isDeepStrictEqual(
      urlsIn(
        restored,
        ours.map(({ at }) => at),
        client,
        place,
      ),
      urls,
    )
  ) {
    return { text: restored, servers };
  }
  // Around them the file was written anew, so that the old text does not fit in any more.
  return { text: applied(text, plainly), servers };
}

function urlsIn(text: string, places: readonly number[], client: Client, place: Place): unknown {
  try {
    return foundIn(text, client, place)
      .filter(({ at }) => places.includes(at))
      .map(({ at, server }) => [at, server.url]);
  } catch {
    return undefined;
  }
}

/** @returns undefined when more than the address would change */
function withRelay(
  text: string,
  { at, url, port }: { readonly at: number; readonly url: string; readonly port: number },
  client: Client,
  place: Place,
): string | undefined {
  const found = foundIn(text, client, place).find((other) => other.at === at);
  if (!found) return undefined;
  const { member, server } = found;
  const source = text.slice(member.region.start, member.region.end);
  const local = relayedUrl(url, source, server.name, port);
  const edited = applied(text, [replacing(member, literalOf(local))]);
  try {
    const before = entriesOf(readSource(text, client.format), client, place);
    const after = entriesOf(readSource(edited, client.format), client, place);
    const essences = (entries: readonly ServerEntry[]) =>
      entries.map((entry, index) =>
        index === at ? othersOf(entry) : [entry.name, dataOf(entry.node)],
      );
    return isDeepStrictEqual(essences(before), essences(after)) ? edited : undefined;
  } catch {
    return undefined;
  }
}

/** Everything of the entry besides its address. */
function othersOf({ name, node, state }: ServerEntry): unknown {
  if (state.kind !== "left" || node.kind !== "map") return [name];
  const others = node.members.filter((member) => member.key !== state.url?.key);
  return [name, others.map(({ key, node: value }) => [key, dataOf(value)])];
}

function foundIn(text: string, client: Client, place: Place): readonly Found[] {
  const entries = entriesOf(readSource(text, client.format), client, place);
  return entries.flatMap(({ name, state }, at) => {
    const member = state.kind === "left" ? state.url : undefined;
    if (state.kind !== "left" || member?.node.kind !== "text") return [];
    const before = unrelayed(member.node.value);
    const url = before?.url ?? member.node.value;
    const hasHeaders = state.hasHeaders === true;
    return [{ at, member, server: { name, url, hasHeaders, isRelayed: before !== undefined } }];
  });
}
