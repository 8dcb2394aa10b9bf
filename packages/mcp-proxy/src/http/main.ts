/** Stands in front of an MCP server that speaks HTTP: Streamable HTTP and the older HTTP with SSE. */
import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { ProxyOptions } from "../relay/command-line.ts";
import { say } from "../relay/say.ts";
import { Forwarder, MAX_HEADER_BYTES } from "./forward.ts";
import { HttpTap } from "./http-tap.ts";
import { type Place, placeOf } from "./place.ts";

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
  if (!upstream) misused(`not an http or https URL: ${request.url}`);
  else if (!place) misused(`not an address to listen on: ${request.listen}: write host:port`);
  else serve(upstream, place, request.options);
}

function serve(upstream: URL, place: Place, options: ProxyOptions): void {
  const tap = options.record ? new HttpTap(options, upstream.href) : undefined;
  const forwarder = new Forwarder({ upstream, tap, onAnswer: signInWatcher() });
  const server = createServer(SERVER_OPTIONS, forwarder.forward);
  server.requestTimeout = 0;
  server.headersTimeout = 0;
  server.keepAliveTimeout = 0;
  server.timeout = 0;
  server.maxRequestsPerSocket = 0;
  server.on("error", (problem: NodeJS.ErrnoException) => {
    say(`cannot listen on ${place.host}:${place.port}: ${problem.code ?? "unknown error"}`);
    process.exit(CANNOT_LISTEN_EXIT_CODE);
  });
  server.listen(place.port, place.host, () => {
    // True because a server that listens on a port has such an address.
    const { port } = server.address() as AddressInfo;
    const path = upstream.pathname + upstream.search;
    const host = place.host.includes(":") ? `[${place.host}]` : place.host;
    say(`listening on http://${host}:${port}${path} for ${upstream.origin}`);
  });
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.once(signal, async () => {
      server.close();
      tap?.interrupt();
      await tap?.close(CLOSE_WITHIN_MS);
      process.exit(0);
    });
  }
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
  return url.protocol === "http:" || url.protocol === "https:" ? url : undefined;
}

function misused(text: string): void {
  say(text);
  process.exitCode = USAGE_EXIT_CODE;
}
