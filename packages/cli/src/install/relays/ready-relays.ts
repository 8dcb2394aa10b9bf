/** Has a relay run for every server that speaks HTTP, before a client's file names it. */
import { createServer } from "node:net";
import { readConfigFile } from "../../machine/config-file.ts";
import type { Place } from "../../machine/place.ts";
import { answersAt } from "../../service/answers-at.ts";
import { type HttpServer, httpServers, keepHttpServers } from "../http/http-servers.ts";
import { originOf, whyNotRelayed } from "../http/local-url.ts";
import { type Relay, type RelayOf, type RemoteServer, remoteServersIn } from "../http/wrap-urls.ts";
import { type InstallRequest, type Target, targetsOf } from "../install.ts";

interface Candidate {
  readonly client: string;
  readonly path: string;
  readonly server: RemoteServer;
}

/** Behind the collector's own; fixed, because ports that systems give out are given out again. */
const FIRST_PORT = 4_071;
const LAST_PORT = 4_470;
const UP_WITHIN_MS = 8_000;
const LOOK_EVERY_MS = 100;
const ASK_WITHIN_MS = 5_000;
/** Values that only the client can fill in. */
const PLACEHOLDER = /\$\{|\{env:|\{file:/;

const SHARED =
  "is in a file of the project, which others read too: a relay is of this machine only";

/** Every server of the person's own files that a client reaches by HTTP. */
export function remoteServers(request: InstallRequest, place: Place): readonly Candidate[] {
  return targetsOf({ ...request, project: false }, place).flatMap((target) =>
    candidatesOf(target, place),
  );
}

function candidatesOf({ client, path }: Target, place: Place): readonly Candidate[] {
  try {
    const file = readConfigFile(path);
    const servers = file ? remoteServersIn(file.text, client, place) : [];
    return servers.map((server) => ({ client: client.name, path, server }));
  } catch {
    // Installing tells what is wrong with the file.
    return [];
  }
}

/**
 * Names the relays to the service and waits until they answer. Nothing is named in a dry run.
 *
 * @returns for a file, the relay of each of its servers or why there is none
 */
export async function readyRelays(
  candidates: readonly Candidate[],
  dryRun: boolean,
  { caumHome }: Place,
): Promise<(target: Target) => RelayOf> {
  const reasons = await Promise.all(candidates.map(({ server }) => whyLeft(server)));
  const reasonOf = new Map(
    candidates.map((candidate, index) => [keyOf(candidate), reasons[index]]),
  );
  const known = httpServers(caumHome);
  const chosen: HttpServer[] = [];
  for (const candidate of candidates) {
    if (reasonOf.get(keyOf(candidate)) !== undefined) continue;
    const isChosen = chosen.some((other) => isOf(other, candidate));
    if (!isChosen) chosen.push(await relayFor(candidate, [...known, ...chosen]));
  }
  const others = known.filter((server) => !candidates.some((one) => isOf(server, one)));
  if (!dryRun) keepHttpServers([...others, ...chosen], caumHome);
  const isUp = dryRun ? chosen.map(() => true) : await Promise.all(chosen.map(comesUp));
  const up = chosen.filter((_server, index) => isUp[index]);
  if (!dryRun) keepHttpServers([...others, ...up], caumHome);
  return ({ client: { name: client }, path }) =>
    (server): Relay => {
      const about = { client, path, server };
      const reason = reasonOf.has(keyOf(about)) ? reasonOf.get(keyOf(about)) : SHARED;
      const relay = up.find((one) => isOf(one, about));
      if (relay) return { port: relay.port };
      return { reason: reason ?? "was left: the service did not start its relay (caum doctor)" };
    };
}

type About = Pick<Candidate, "client" | "path"> & {
  readonly server: Pick<RemoteServer, "name" | "url">;
};

function keyOf({ client, path, server: { name, url } }: About): string {
  return JSON.stringify([client, path, name, url]);
}

/** Two entries of one name and one origin in a file share a relay. */
function isOf({ client, path, name, origin }: HttpServer, about: About): boolean {
  const { server } = about;
  const isSameEntry = client === about.client && path === about.path && name === server.name;
  return isSameEntry && whyNotRelayed(server.url) === undefined && origin === originOf(server.url);
}

async function relayFor(candidate: Candidate, taken: readonly HttpServer[]): Promise<HttpServer> {
  const known = taken.find((server) => isOf(server, candidate));
  if (known) return known;
  const { client, path, server } = candidate;
  const port = await freePort(new Set(taken.map((other) => other.port)));
  return { client, path, name: server.name, origin: originOf(server.url), port };
}

async function freePort(taken: ReadonlySet<number>): Promise<number> {
  for (let port = FIRST_PORT; port <= LAST_PORT; port += 1) {
    if (!taken.has(port) && (await isFree(port))) return port;
  }
  throw new Error(`no port from ${FIRST_PORT} to ${LAST_PORT} is free for a relay`);
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(false));
    server.listen(port, "127.0.0.1", () => server.close(() => resolve(true)));
  });
}

async function comesUp({ port }: HttpServer): Promise<boolean> {
  for (const until = Date.now() + UP_WITHIN_MS; Date.now() < until; ) {
    if (await answersAt(port)) return true;
    await new Promise((resolve) => setTimeout(resolve, LOOK_EVERY_MS));
  }
  return false;
}

/** A sign-in by OAuth is bound to the server's own address, so such a server is asked first. */
async function whyLeft({ url, hasHeaders, isRelayed }: RemoteServer): Promise<string | undefined> {
  const reason = whyNotRelayed(url);
  if (reason !== undefined || hasHeaders || isRelayed || PLACEHOLDER.test(url)) return reason;
  try {
    const headers = { accept: "application/json, text/event-stream" };
    const signal = AbortSignal.timeout(ASK_WITHIN_MS);
    const answer = await fetch(url, { headers, signal, redirect: "manual" });
    await answer.body?.cancel();
    if (answer.status !== 401) return undefined;
    return "asks for sign-in (401), which clients accept at its own address only";
  } catch {
    return "does not answer now, so that nobody knows whether it signs in: try again when it does";
  }
}
