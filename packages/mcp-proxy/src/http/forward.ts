/**
 * Forwards one request and streams its answer: headers as they were, bodies byte by byte, no limits
 * and no time-outs. Each client connection has one connection upstream, so that what happens to one
 * of them, happens to the other as it would without us.
 */
import {
  type ClientRequest,
  Agent as HttpAgent,
  type IncomingMessage,
  request as requestHttp,
  type ServerResponse,
} from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import type { Socket } from "node:net";
import type { BodyTap } from "./body-tap.ts";
import { isTrusted } from "./host-guard.ts";
import type { ExchangeTap, HttpTap } from "./http-tap.ts";
import { isLoopback } from "./place.ts";
import { endToEnd, type RawHeaders, withHeader } from "./raw-headers.ts";
import { refuse } from "./refuse.ts";

/** Headers of any size pass; Node's own limit is 16 KiB. */
export const MAX_HEADER_BYTES = 1024 * 1024;

export interface ForwarderOptions {
  readonly upstream: URL;
  readonly tap: HttpTap | undefined;
  /** Told about every answer. */
  readonly onAnswer: (answer: IncomingMessage) => void;
}

/** A client's connection and the one that goes on from it. */
interface Connection {
  readonly client: Socket;
  readonly agent: HttpAgent;
  /** Exchanges under way. */
  exchanges: number;
  upstream: Socket | undefined;
}

interface Parties {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly outgoing: ClientRequest;
  readonly connection: Connection;
}

export class Forwarder {
  readonly #upstream: URL;
  readonly #isLocal: boolean;
  readonly #tap: HttpTap | undefined;
  readonly #onAnswer: (answer: IncomingMessage) => void;
  readonly #connections = new WeakMap<Socket, Connection>();

  constructor({ upstream, tap, onAnswer }: ForwarderOptions) {
    this.#upstream = upstream;
    this.#isLocal = isLoopback(upstream.hostname);
    this.#tap = tap;
    this.#onAnswer = onAnswer;
  }

  readonly forward = (request: IncomingMessage, response: ServerResponse): void => {
    if (!this.#isLocal && !isTrusted(request.headers.host, request.headers.origin)) {
      refuse(response, 403, "the Host or Origin of the request is not of this machine");
      return;
    }
    try {
      this.#begin(request, response);
    } catch {
      // Node refuses to send what it let in; the client sees what a broken server shows.
      response.destroy();
    }
  };

  #begin(request: IncomingMessage, response: ServerResponse): void {
    const connection = this.#connectionOf(request.socket);
    const outgoing = this.#send(request, connection);
    const parties = { request, response, outgoing, connection };
    const exchange = new Forwarding(parties, this.#tap?.open(request));
    outgoing.on("response", (answer) => {
      try {
        this.#onAnswer(answer);
        exchange.answer(answer);
      } catch {
        response.destroy();
      }
    });
  }

  #send(request: IncomingMessage, connection: Connection): ClientRequest {
    const { hostname, port, protocol, host } = this.#upstream;
    const raw = endToEnd(request.rawHeaders);
    const options = {
      agent: connection.agent,
      host: hostname.replace(/^\[|\]$/g, ""),
      port: port || undefined,
      method: request.method,
      path: request.url,
      headers: this.#isLocal ? raw : withHeader(raw, "host", host),
      maxHeaderSize: MAX_HEADER_BYTES,
    };
    return protocol === "https:" ? requestHttps(options) : requestHttp(options);
  }

  #connectionOf(client: Socket): Connection {
    const known = this.#connections.get(client);
    if (known) return known;
    const options = { keepAlive: true, maxSockets: 1 };
    const agent =
      this.#upstream.protocol === "https:" ? new HttpsAgent(options) : new HttpAgent(options);
    const connection = { client, agent, exchanges: 0, upstream: undefined };
    this.#connections.set(client, connection);
    client.on("close", () => agent.destroy());
    return connection;
  }
}

/** One exchange under way. */
class Forwarding {
  readonly #response: ServerResponse;
  readonly #outgoing: ClientRequest;
  readonly #connection: Connection;
  readonly #tap: ExchangeTap | undefined;
  #isOver = false;

  constructor({ request, response, outgoing, connection }: Parties, tap: ExchangeTap | undefined) {
    this.#response = response;
    this.#outgoing = outgoing;
    this.#connection = connection;
    this.#tap = tap;
    connection.exchanges++;
    copyBody(request, outgoing, tap?.request);
    response.on("close", () => this.#closed());
    // What is written to a client that is gone goes nowhere; its close is handled above.
    response.on("error", () => {});
    outgoing.on("socket", (socket: Socket) => tie(connection, socket));
    outgoing.on("error", (problem: NodeJS.ErrnoException) => this.#serverFailed(problem));
  }

  answer(answer: IncomingMessage): void {
    const response = this.#response;
    response.sendDate = false;
    // The server closes its connection after this answer, so we close ours.
    if (answer.headers.connection?.toLowerCase() === "close") response.shouldKeepAlive = false;
    response.writeHead(answer.statusCode ?? 502, answer.statusMessage, endToEnd(answer.rawHeaders));
    const body = this.#tap?.answer(answer);
    copyBody(answer, response, body && { add: body.add, end: () => this.#over("answered") });
    answer.on("error", () => response.destroy());
    answer.on("aborted", () => {
      this.#over("server_gone");
      response.destroy();
    });
    // Headers do not wait for a body that is slow to come.
    setImmediate(() => {
      if (!response.writableEnded && !response.destroyed) response.flushHeaders();
    });
  }

  /** The answer has left, or the client has. */
  #closed(): void {
    this.#connection.exchanges--;
    if (this.#response.writableFinished) return;
    this.#over("client_gone");
    this.#outgoing.destroy();
  }

  #serverFailed(problem: NodeJS.ErrnoException): void {
    if (this.#isOver) return;
    this.#over("server_gone");
    if (this.#response.headersSent || this.#outgoing.reusedSocket) this.#response.destroy();
    else
      refuse(this.#response, 502, `the server cannot be reached: ${problem.code ?? "no answer"}`);
  }

  #over(how: "answered" | "client_gone" | "server_gone"): void {
    if (this.#isOver) return;
    this.#isOver = true;
    this.#tap?.end(how);
  }
}

/** The end of an idle upstream connection is the end of the client's. */
function tie(connection: Connection, socket: Socket): void {
  if (connection.upstream === socket) return;
  connection.upstream = socket;
  socket.on("close", () => {
    if (connection.exchanges === 0) connection.client.end();
  });
}

function copyBody(
  source: IncomingMessage,
  destination: ClientRequest | ServerResponse,
  tap: BodyTap | undefined,
): void {
  const resume = () => source.resume();
  source.on("data", (chunk: Buffer) => {
    if (!destination.write(chunk)) {
      source.pause();
      destination.once("drain", resume);
    }
    tap?.add(chunk);
  });
  source.on("end", () => {
    if (source.rawTrailers.length > 0) destination.addTrailers(trailersOf(source.rawTrailers));
    destination.end();
    tap?.end();
  });
}

function trailersOf(raw: RawHeaders): [string, string][] {
  const trailers: [string, string][] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    trailers.push([raw[index] ?? "", raw[index + 1] ?? ""]);
  }
  return trailers;
}
