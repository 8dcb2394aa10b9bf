/** Stands in front of an MCP server that speaks HTTP: Streamable HTTP and the older HTTP with SSE. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import { noteBlind } from "../command/blind-note.ts";
import type { ProxyOptions } from "../command/command-line.ts";
import { say } from "../command/say.ts";
import { Forwarder } from "./forward.ts";
import { HttpTap } from "./http-tap.ts";
import { type HttpPlace, placeOf } from "./place.ts";
import { MAX_HEADER_BYTES, socketPathOf, Upstream } from "./upstream/upstream.ts";

export interface HttpProxyRequest {
  readonly url: string;
  readonly listen: string;
  readonly options: ProxyOptions;
}

const USAGE_EXIT_CODE = 2;
const CANNOT_LISTEN_EXIT_CODE = 1;
/** What the recorder may take to write down the rest after a signal. */
const CLOSE_WITHIN_MS = 200;

/** What a request must look like is for the server to say. */
const SERVER_OPTIONS = { maxHeaderSize: MAX_HEADER_BYTES, requireHostHeader: false };

export function startHttpProxy(request: HttpProxyRequest): void {
  const upstream = upstreamOf(request.url);
  const place = placeOf(request.listen);
  if (!upstream) misused(`not an http or https URL: ${withoutSecrets(request.url)}`);
  else if (!place) misused(`not an address to listen on: ${request.listen}: write host:port`);
  else serve(upstream, place, request.options);
}

function serve(upstream: URL, place: HttpPlace, options: ProxyOptions): void {
  const onPast = passedBy(options);
  const tap = options.record ? new HttpTap(options, upstream.href, onPast) : undefined;
  const forwarder = new Forwarder({
    upstream: new Upstream(upstream, process.env),
    tap,
    onAnswer: signInWatcher(),
    onPast,
  });
  const server = createServer(SERVER_OPTIONS, forwarder.forward);
  // What a client expects is for the server to say.
  server.on("checkContinue", forwarder.forward);
  server.on("checkExpectation", forwarder.forward);
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  server.on("error", (problem: NodeJS.ErrnoException) => {
    say(`cannot listen on ${nameOf(place)}: ${problem.code ?? "unknown error"}`);
    process.exit(CANNOT_LISTEN_EXIT_CODE);
  });
  const listening = () => {
    // Its query may hold a secret: it is added to what is asked of this path.
    say(
      `listening on ${addressOf(server.address(), place)}${upstream.pathname} for ${nameless(upstream)}`,
    );
  };
  if (place.socketPath === undefined) server.listen(place.port, place.host, listening);
  else server.listen(place.socketPath, listening);
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, async () => {
      server.close();
      tap?.interrupt();
      await tap?.close(CLOSE_WITHIN_MS);
      process.exit(0);
    });
  }
}

function nameOf({ host, port, socketPath }: HttpPlace): string {
  return socketPath ?? `${host}:${port}`;
}

function addressOf(
  listening: AddressInfo | string | null,
  { host, socketPath }: HttpPlace,
): string {
  if (socketPath !== undefined) return `http+unix://${encodeURIComponent(socketPath)}`;
  const name = host.includes(":") ? `[${host}]` : host;
  return `http://${name}:${typeof listening === "object" ? listening?.port : ""}`;
}

function withoutSecrets(text: string): string {
  return text.replace(/[?#].*$/s, "").replace(/\/\/[^/]*@/, "//");
}

/** What may be said of the server's address. */
function nameless(upstream: URL): string {
  return upstream.origin === "null" ? `${upstream.protocol}//${upstream.host}` : upstream.origin;
}

/** Tells once that the client is sent where it is not recorded. */
function passedBy({ home, record }: ProxyOptions): () => void {
  let isTold = false;
  return () => {
    if (isTold) return;
    isTold = true;
    say("the server sends its client to another address: what is called there is not recorded");
    if (record) noteBlind("address", home);
  };
}

/** Tells once that a server behind OAuth does not work through an address that is not its own. */
function signInWatcher(): (answer: IncomingMessage) => void {
  let isTold = false;
  return (answer) => {
    if (isTold || answer.statusCode !== 401 || !answer.headers["www-authenticate"]) return;
    isTold = true;
    say("the server asks for sign-in (401): clients accept it at its own address only, not here");
  };
}

function upstreamOf(text: string): URL | undefined {
  if (!URL.canParse(text)) return undefined;
  const url = new URL(text);
  if (url.protocol === "http:" || url.protocol === "https:") return url;
  return socketPathOf(url) ? url : undefined;
}

function misused(text: string): void {
  say(text);
  process.exitCode = USAGE_EXIT_CODE;
}
