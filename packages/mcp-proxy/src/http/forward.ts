/**
 * Forwards one request and streams its answer: headers as they were, bodies byte by byte, no limits
 * and no time-outs. Each client connection has one connection upstream, so that what happens to one
 * of them, happens to the other as it would without us.
 */
import type { Agent, ClientRequest, IncomingMessage, ServerResponse } from "node:http";
import type { Socket } from "node:net";
import type { BodyTap } from "./body-tap.ts";
import { isTrusted } from "./host-guard.ts";
import type { ExchangeTap, HttpTap } from "./http-tap.ts";
import { isExpecting, passInterim } from "./interim.ts";
import { endToEnd, headerIn, type RawHeaders, withoutHeader } from "./raw-headers.ts";
import { refuse } from "./refuse.ts";
import { EndpointEvent } from "./upstream/endpoint-event.ts";
import { redirectThroughUs, throughUs } from "./upstream/own-address.ts";
import type { Upstream } from "./upstream/upstream.ts";

export interface ForwarderOptions {
  readonly upstream: Upstream;
  readonly tap: HttpTap | undefined;
  /** Told about every answer. */
  readonly onAnswer: (answer: IncomingMessage) => void;
  /** Told when an address of the server leads the client past us. */
  readonly onPast: () => void;
}

/** A client's connection and the one that goes on from it. */
interface Connection {
  readonly client: Socket;
  readonly agent: Agent;
  /** Exchanges under way. */
  exchanges: number;
  upstream: Socket | undefined;
  /** The server closed its side while nothing was under way, so ours is being closed. */
  isEndedByServer: boolean;
}

interface Parties {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly outgoing: ClientRequest;
  readonly connection: Connection;
  /** An address that the server tells, as the client is to see it. */
  readonly through: (text: string) => string;
  /** What to say when the server cannot be reached. */
  readonly hint: string;
}

export class Forwarder {
  readonly #options: ForwarderOptions;
  readonly #connections = new WeakMap<Socket, Connection>();

  constructor(options: ForwarderOptions) {
    this.#options = options;
  }

  readonly forward = (request: IncomingMessage, response: ServerResponse): void => {
    const { isLocal } = this.#options.upstream;
    if (!isLocal && !isTrusted(request.headers.host, request.headers.origin)) {
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
    const { upstream, tap, onAnswer } = this.#options;
    const outgoing = upstream.request(request, connection.agent);
    const through = (text: string) => this.#throughUs(text, request);
    const parties = { request, response, outgoing, connection, through, hint: upstream.hint };
    const exchange = new Forwarding(parties, tap?.open(request));
    outgoing.on("response", (answer) => {
      try {
        onAnswer(answer);
        exchange.answer(answer);
      } catch {
        response.destroy();
      }
    });
  }

  /** An address for the client: one of the server becomes ours. */
  #throughUs(text: string, { headers, socket }: IncomingMessage): string {
    const { upstream, onPast } = this.#options;
    const ours = `http://${headers.host ?? `${socket.localAddress}:${socket.localPort}`}`;
    const told = throughUs(text, upstream.url, ours);
    if (told.leadsPast) onPast();
    return told.text;
  }

  #connectionOf(client: Socket): Connection {
    const known = this.#connections.get(client);
    if (known) return known;
    const agent = this.#options.upstream.createAgent();
    const connection = { client, agent, exchanges: 0, upstream: undefined, isEndedByServer: false };
    this.#connections.set(client, connection);
    client.on("close", () => agent.destroy());
    return connection;
  }
}

/** One exchange under way. */
class Forwarding {
  readonly #parties: Parties;
  readonly #tap: ExchangeTap | undefined;
  #isOver = false;

  constructor(parties: Parties, tap: ExchangeTap | undefined) {
    const { request, response, outgoing, connection } = parties;
    this.#parties = parties;
    this.#tap = tap;
    connection.exchanges++;
    copyBody(request, outgoing, tap?.request);
    passInterim(request, outgoing, response);
    response.on("close", () => this.#closed());
    // What is written to a client that is gone goes nowhere; its close is handled above.
    response.on("error", () => {});
    outgoing.on("socket", (socket: Socket) => tie(connection, socket));
    outgoing.on("error", (problem: NodeJS.ErrnoException) => this.#serverFailed(problem));
  }

  answer(answer: IncomingMessage): void {
    const { request, response, through } = this.#parties;
    response.sendDate = false;
    // The server closes its connection after this answer, or has no use for what is still to come.
    const isLast = headerIn(answer.rawHeaders, "connection")?.toLowerCase() === "close";
    if (isLast || (isExpecting(request) && !request.complete)) response.shouldKeepAlive = false;
    const status = answer.statusCode ?? 502;
    response.writeHead(status, answer.statusMessage, headersFor(request, answer, through));
    const body = this.#tap?.answer(answer);
    const tap = body && {
      add: (chunk: Buffer) => body.add(chunk),
      end: () => this.#over("answered"),
    };
    copyBody(answer, response, tap, endpointEventIn(request, answer, through));
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
    const { request, response, outgoing, connection } = this.#parties;
    connection.exchanges--;
    if (response.writableFinished && (request.complete || !isExpecting(request))) return;
    // What came while the connection was being ended for the server gets no answer of it.
    const gone = connection.isEndedByServer ? "server_gone" : "client_gone";
    if (!response.writableFinished) this.#over(gone);
    outgoing.destroy();
  }

  #serverFailed(problem: NodeJS.ErrnoException): void {
    if (this.#isOver) return;
    this.#over("server_gone");
    const { response, outgoing, hint } = this.#parties;
    if (response.headersSent || outgoing.reusedSocket) response.destroy();
    else
      refuse(response, 502, `the server cannot be reached: ${problem.code ?? "no answer"}${hint}`);
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
    if (connection.exchanges > 0) return;
    connection.isEndedByServer = true;
    connection.client.end();
  });
}

/** As they came, apart from what the client cannot read or would follow past us. */
function headersFor(
  request: IncomingMessage,
  answer: IncomingMessage,
  through: (text: string) => string,
): string[] {
  const raw = redirectThroughUs(endToEnd(answer.rawHeaders), answer.statusCode ?? 0, through);
  // Chunks are of HTTP/1.1: before, a body of unknown length ends with its connection.
  return request.httpVersionMinor === 0 ? withoutHeader(raw, "transfer-encoding") : raw;
}

/** Of a GET that opens a stream which is not packed: in any other the address is only looked at. */
function endpointEventIn(
  request: IncomingMessage,
  { headers }: IncomingMessage,
  through: (text: string) => string,
): EndpointEvent | undefined {
  if (request.method !== "GET") return undefined;
  const isStream = headers["content-type"]?.startsWith("text/event-stream") === true;
  const isOpen = headers["content-length"] === undefined && !headers["content-encoding"];
  return isStream && isOpen ? new EndpointEvent(through) : undefined;
}

function copyBody(
  source: IncomingMessage,
  destination: ClientRequest | ServerResponse,
  tap: BodyTap | undefined,
  endpoint?: EndpointEvent,
): void {
  const resume = () => source.resume();
  source.on("data", (chunk: Buffer) => {
    const passed = endpoint ? endpoint.pass(chunk) : chunk;
    if (passed && !destination.write(passed)) {
      source.pause();
      destination.once("drain", resume);
    }
    tap?.add(chunk);
  });
  source.on("end", () => {
    const rest = endpoint?.end();
    if (rest) destination.write(rest);
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
