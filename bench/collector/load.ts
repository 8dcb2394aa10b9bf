/** A small HTTP/1.1 load generator on bare sockets, so that the generator costs less than the server. */
import { connect, type Socket } from "node:net";

/** Where and how to post. */
export interface Target {
  readonly host: string;
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface LoadOptions {
  readonly target: Target;
  readonly connections: number;
  /** The next body, or undefined when there is nothing more to send. */
  readonly nextBody: (connection: number) => string | undefined;
  /** Requests a second over all connections; as fast as possible when absent. */
  readonly perSecond?: number;
}

export interface LoadResult {
  readonly requests: number;
  readonly seconds: number;
  readonly statuses: ReadonlyMap<number, number>;
  /** Milliseconds, sorted. */
  readonly latencies: Float64Array;
}

/** Posts until there are no more bodies; each connection has one request in flight. */
export async function load(options: LoadOptions): Promise<LoadResult> {
  const latencies: number[] = [];
  const statuses = new Map<number, number>();
  const started = performance.now();
  const connections = Array.from({ length: options.connections }, (_, index) =>
    run(options, index, (status, milliseconds) => {
      statuses.set(status, (statuses.get(status) ?? 0) + 1);
      latencies.push(milliseconds);
    }),
  );
  await Promise.all(connections);
  const seconds = (performance.now() - started) / 1_000;
  return {
    requests: latencies.length,
    seconds,
    statuses,
    latencies: Float64Array.from(latencies).sort(),
  };
}

async function run(
  options: LoadOptions,
  index: number,
  onAnswer: (status: number, milliseconds: number) => void,
): Promise<void> {
  const connection = await Connection.open(options.target);
  const pauseMs = options.perSecond ? (1_000 * options.connections) / options.perSecond : 0;
  let dueMs = performance.now() + Math.random() * pauseMs;
  for (;;) {
    const body = options.nextBody(index);
    if (body === undefined) break;
    const waitMs = dueMs - performance.now();
    if (pauseMs > 0 && waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs));
    dueMs += pauseMs;
    const sent = performance.now();
    const status = await connection.post(body);
    onAnswer(status, performance.now() - sent);
  }
  connection.close();
}

class Connection {
  readonly #socket: Socket;
  readonly #head: string;
  #received = "";
  #resolve: (status: number) => void = () => {};
  #reject: (failure: Error) => void = () => {};

  static async open(target: Target): Promise<Connection> {
    const socket = connect(target.port, target.host);
    socket.setNoDelay(true);
    await new Promise<void>((resolve, reject) => {
      socket.once("connect", resolve);
      socket.once("error", reject);
    });
    return new Connection(socket, target);
  }

  constructor(socket: Socket, { host, port, path, headers }: Target) {
    const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
    this.#head = `POST ${path} HTTP/1.1\r\nHost: ${host}:${port}\r\n${lines.join("")}`;
    this.#socket = socket;
    socket.setEncoding("latin1");
    socket.on("data", (text: string) => this.#take(text));
    socket.on("close", () => this.#reject(new Error("the server closed the connection")));
  }

  post(body: string): Promise<number> {
    const length = Buffer.byteLength(body);
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      this.#socket.write(`${this.#head}Content-Length: ${length}\r\n\r\n${body}`);
    });
  }

  close(): void {
    this.#reject = () => {};
    this.#socket.destroy();
  }

  #take(text: string): void {
    this.#received += text;
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const at = this.#received.toLowerCase().indexOf("content-length:");
    const length = Number.parseInt(this.#received.slice(at + 15, at + 30), 10);
    if (this.#received.length < end + 4 + length) return;
    const status = Number(this.#received.slice(9, 12));
    this.#received = "";
    this.#resolve(status);
  }
}

export function percentile(sorted: Float64Array, share: number): number {
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
