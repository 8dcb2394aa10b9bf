import type { Agent, ClientRequest, IncomingHttpHeaders, IncomingMessage } from "node:http";

export interface HttpRequest {
  readonly method: "GET" | "POST";
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** Carries one request; rejects when there is no whole answer. */
export type Transport = (request: HttpRequest) => Promise<HttpAnswer>;

export interface HttpTransportOptions {
  readonly timeoutMs?: number | undefined;
  readonly connectTimeoutMs?: number | undefined;
}

const TIMEOUT_MS = 10_000;
/** A pending connection is the one thing that Node cannot be told not to wait for at exit. */
const CONNECT_TIMEOUT_MS = 1_000;
/** How often it is looked whether the process waits for nothing but such a connection. */
const LOOK_EVERY_MS = 20;
/** What Node calls a socket and its attempt to connect among the things that it waits for. */
const CONNECTING = new Set(["ConnectWrap", "TCPConnectWrap", "TCPSocketWrap", "TLSWrap"]);
const MAX_SOCKETS = 4;
const GZIP_FROM_BYTES = 1_024;
/** Five times faster than the default level and 4 % larger (measured on records). */
const GZIP_LEVEL = 1;
const MAX_ANSWER_BYTES = 1024 * 1024;

/**
 * HTTP with kept-alive sockets that never keep the process alive.
 *
 * `node:http` is loaded with the first request: a host that sends nothing does not pay for it.
 */
export function createHttpTransport(options: HttpTransportOptions = {}): Transport {
  const agents = new Map<string, Promise<Carrier>>();
  return async (request) => {
    const carrier = agents.get(request.url.protocol) ?? load(request.url.protocol);
    agents.set(request.url.protocol, carrier);
    const { body, headers } = await encode(request);
    const attempt = { ...request, headers, options, carrier: await carrier };
    try {
      return await send(attempt, body);
    } catch (problem) {
      // The other side closed a kept socket just then; what we send may be sent twice.
      if (!(problem instanceof StaleSocket)) throw problem;
      return await send(attempt, body);
    }
  };
}

interface Carrier {
  readonly request: typeof import("node:http").request;
  readonly agent: Agent;
}

class StaleSocket extends Error {
  override readonly name = "StaleSocket";
}

async function load(protocol: string): Promise<Carrier> {
  const { request, Agent } = await (protocol === "https:"
    ? import("node:https")
    : import("node:http"));
  const agent = new Agent({ keepAlive: true, maxSockets: MAX_SOCKETS, scheduling: "lifo" });
  return { request, agent };
}

async function encode({ body, headers }: HttpRequest) {
  if (body === undefined) return { body: undefined, headers };
  const raw = Buffer.from(body);
  if (raw.length < GZIP_FROM_BYTES) {
    return { body: raw, headers: { ...headers, "content-length": String(raw.length) } };
  }
  const { gzip } = await import("node:zlib");
  const packed = await new Promise<Buffer>((resolve, reject) => {
    gzip(raw, { level: GZIP_LEVEL }, (problem, bytes) =>
      problem ? reject(problem) : resolve(bytes),
    );
  });
  const length = String(packed.length);
  return {
    body: packed,
    headers: { ...headers, "content-encoding": "gzip", "content-length": length },
  };
}

interface Attempt extends HttpRequest {
  readonly carrier: Carrier;
  readonly options: HttpTransportOptions;
}

function send(attempt: Attempt, body: Buffer | undefined): Promise<HttpAnswer> {
  const { carrier, method, url, headers, options } = attempt;
  return new Promise((resolve, reject) => {
    const request = carrier.request(url, { method, headers, agent: carrier.agent });
    const giveUp = setTimeout(
      () => request.destroy(new Error("no answer in time")),
      options.timeoutMs ?? TIMEOUT_MS,
    ).unref();
    const settle = (act: () => void) => {
      clearTimeout(giveUp);
      act();
    };
    request.on("socket", (socket) => {
      socket.unref();
      limitConnecting(request, options.connectTimeoutMs ?? CONNECT_TIMEOUT_MS);
    });
    request.on("error", (problem) => {
      const isStale = request.reusedSocket && !(problem.message === "no answer in time");
      settle(() => reject(isStale ? new StaleSocket(problem.message) : problem));
    });
    request.on("response", (response) => {
      readAnswer(response).then(
        (answer) => settle(() => resolve(answer)),
        (problem) => settle(() => reject(problem)),
      );
    });
    request.end(body);
  });
}

/** A connection that does not come about is given up, at once when only it holds the process. */
function limitConnecting(request: ClientRequest, limitMs: number): void {
  const { socket } = request;
  if (!socket?.connecting) return;
  const giveUp = (reason: string) => {
    if (socket.connecting) request.destroy(new Error(reason));
  };
  const timers = [
    setTimeout(() => giveUp("no connection in time"), limitMs).unref(),
    setInterval(() => {
      if (isOnlyConnecting(process.getActiveResourcesInfo())) giveUp("the process ends");
    }, LOOK_EVERY_MS).unref(),
  ];
  const stop = () => {
    for (const timer of timers) clearTimeout(timer);
  };
  socket.once("connect", stop);
  socket.once("close", stop);
}

/** Whether the process would end but for connections that are being made. */
export function isOnlyConnecting(resources: readonly string[]): boolean {
  return resources.every((resource) => CONNECTING.has(resource));
}

function readAnswer(response: IncomingMessage): Promise<HttpAnswer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let bytes = 0;
    response.on("data", (chunk: Buffer) => {
      bytes += chunk.length;
      if (bytes > MAX_ANSWER_BYTES) response.destroy(new Error("the answer is too long"));
      else chunks.push(chunk);
    });
    response.on("error", reject);
    response.on("aborted", () => reject(new Error("the answer was cut off")));
    response.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      resolve({ status: response.statusCode ?? 0, headers: response.headers, body });
    });
  });
}
