/** The server behind us: where it is, and how it is reached as its client would reach it. */
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  type RequestOptions,
  request as requestHttp,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isLoopback } from "../place.ts";
import { endToEnd, hasHeader, withHeader } from "../raw-headers.ts";
import {
  bare,
  type ForwardProxy,
  forwardProxyOf,
  hasUnusedProxy,
  portOf,
} from "./forward-proxy.ts";
import { TunnelAgent } from "./tunnel-agent.ts";

/** Headers of any size pass; Node's own limit is 16 KiB. */
export const MAX_HEADER_BYTES = 1024 * 1024;

type Environment = Readonly<Record<string, string | undefined>>;

export class Upstream {
  readonly url: URL;
  /** A server on this machine judges by the Host that its client sent. */
  readonly isLocal: boolean;
  /** What to say when it cannot be reached. */
  readonly hint: string;
  /** What a request says of its host that said nothing. */
  readonly #host: string;
  /** What all requests have in common. */
  readonly #common: RequestOptions;
  readonly #proxy: ForwardProxy | undefined;

  constructor(url: URL, env: Environment) {
    this.url = url;
    const socketPath = socketPathOf(url);
    const place = socketPath ? { socketPath } : { host: bare(url), port: portOf(url) };
    this.#common = { ...place, maxHeaderSize: MAX_HEADER_BYTES };
    this.#host = socketPath ? "localhost" : url.host;
    this.isLocal = socketPath !== undefined || isLoopback(url.hostname);
    this.#proxy = socketPath ? undefined : forwardProxyOf(url, env);
    this.hint =
      socketPath === undefined && hasUnusedProxy(url, env)
        ? "; NODE_USE_ENV_PROXY=1 makes use of the proxy in the environment"
        : "";
  }

  get #isSecure(): boolean {
    return this.url.protocol === "https:";
  }

  /** For one connection of a client. */
  createAgent(): HttpAgent {
    const options = { keepAlive: true, maxSockets: 1 };
    if (this.#isSecure) {
      return this.#proxy ? new TunnelAgent(this.#proxy, options) : new HttpsAgent(options);
    }
    return this.#proxy?.url.protocol === "https:"
      ? new HttpsAgent(options)
      : new HttpAgent(options);
  }

  /** The request as it came, on its way. */
  request(request: IncomingMessage, agent: HttpAgent): ClientRequest {
    const path = this.#pathOf(request.url ?? "/");
    const headers = this.#headersOf(request);
    const { method } = request;
    const options = { ...this.#common, agent, method, path, headers };
    if (this.#isSecure) return requestHttps(options);
    const proxy = this.#proxy;
    if (!proxy) return requestHttp(options);
    headers.push("Proxy-Connection", "keep-alive");
    if (proxy.authorization) headers.push("Proxy-Authorization", proxy.authorization);
    const { host, port } = proxy;
    const whole = { ...options, host, port, path: this.url.origin + path };
    return proxy.url.protocol === "https:" ? requestHttps(whole) : requestHttp(whole);
  }

  /** What stands in the query of the server's address may be a secret: we know it, nobody is told. */
  #pathOf(path: string): string {
    return path === this.url.pathname ? path + this.url.search : path;
  }

  #headersOf(request: IncomingMessage): string[] {
    const raw = endToEnd(request.rawHeaders);
    // Only HTTP/1.0 does without.
    if (!hasHeader(raw, "host")) return ["Host", this.#host, ...raw];
    return this.isLocal ? raw : withHeader(raw, "host", this.#host);
  }
}

/** `http+unix://%2Frun%2Fserver.sock/mcp`: the socket stands where a host would. */
export function socketPathOf(url: URL): string | undefined {
  return url.protocol === "http+unix:" ? decodeURIComponent(url.hostname) : undefined;
}
