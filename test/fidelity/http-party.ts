/** An HTTP server that answers as it is told, and a client that sees every byte of the answer. */
import { type ChildProcess, spawn } from "node:child_process";
import {
  createServer,
  type IncomingMessage,
  request as requestHttp,
  type Server,
  type ServerResponse,
} from "node:http";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { RELAY, RELAY_NODE, temporaryHome } from "./stdio-party.ts";

export type Handler = (request: IncomingMessage, response: ServerResponse, body: Buffer) => void;

export interface Sent {
  readonly method?: string;
  readonly path?: string;
  /** Raw: name, value, name, value. */
  readonly headers?: readonly string[];
  readonly body?: readonly Buffer[];
}

/** What arrived on one side; connections have headers of their own, which are left out. */
export interface Arrived {
  readonly line: string;
  readonly headers: readonly string[];
  readonly body: string;
  readonly trailers?: readonly string[];
}

const OF_THE_CONNECTION = ["connection", "keep-alive", "date"];

/** Starts a server; answers its URL. */
export async function startServer(handler: Handler): Promise<{ url: string; server: Server }> {
  const server = createServer({ maxHeaderSize: 1024 * 1024 }, async (request, response) => {
    const chunks: Buffer[] = [];
    try {
      for await (const chunk of request) chunks.push(chunk);
    } catch {
      return;
    }
    handler(request, response, Buffer.concat(chunks));
  });
  server.keepAliveTimeout = 0;
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: await listen(server), server };
}

export async function listen(server: Server): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // True because a server that listens on a port has such an address.
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}/mcp`;
}

export interface HttpProxy {
  readonly url: string;
  readonly child: ChildProcess;
  readonly home: string;
  readonly stderr: () => string;
}

/** Starts the proxy in front of a server; answers its URL once it listens. */
export async function startProxy(
  upstream: string,
  {
    relay = RELAY,
    flags = [] as readonly string[],
    home = temporaryHome(),
    env = process.env,
    /** Words in front of the command. */
    shell = [] as readonly string[],
  } = {},
): Promise<HttpProxy> {
  const words = [...shell, RELAY_NODE, relay, "--home", home, ...flags, "--http", upstream];
  const child = spawn(words[0] ?? "", words.slice(1), { env, stdio: ["ignore", "ignore", "pipe"] });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  let stderr = "";
  const url = await new Promise<string>((resolve, reject) => {
    child.stderr.on("data", (chunk: Buffer) => {
      stderr += chunk.toString();
      const match = /listening on (http\S+)/.exec(stderr);
      if (match?.[1]) resolve(match[1]);
    });
    child.on("exit", () => reject(new Error(`the proxy ended: ${stderr}`)));
  });
  return { url, child, home, stderr: () => stderr };
}

/** Sends one request and collects the whole answer. */
export function exchange(url: string, sent: Sent): Promise<Arrived> {
  return new Promise((resolve, reject) => {
    const { hostname, port, pathname } = new URL(url);
    const request = requestHttp(
      {
        host: hostname,
        port,
        agent: false,
        method: sent.method ?? "POST",
        path: sent.path ?? pathname,
        headers: ["Host", "client.example:1", ...(sent.headers ?? [])],
        maxHeaderSize: 1024 * 1024,
      },
      (answer) => {
        const chunks: Buffer[] = [];
        answer.on("data", (chunk: Buffer) => chunks.push(chunk));
        answer.on("error", reject);
        answer.on("end", () => {
          const { httpVersion, statusCode, statusMessage } = answer;
          resolve({
            line: `${httpVersion} ${statusCode} ${statusMessage}`,
            headers: endToEnd(answer.rawHeaders),
            body: Buffer.concat(chunks).toString("latin1"),
            trailers: answer.rawTrailers,
          });
        });
      },
    );
    request.on("error", reject);
    for (const chunk of sent.body ?? []) request.write(chunk);
    request.end();
  });
}

/** What arrived at the server. */
export function arrivedAt(request: IncomingMessage, body: Buffer): Arrived {
  return {
    line: `${request.method} ${request.url}`,
    headers: endToEnd(request.rawHeaders),
    body: body.toString("latin1"),
  };
}

export function endToEnd(raw: readonly string[]): readonly string[] {
  const kept: string[] = [];
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index] ?? "";
    if (!OF_THE_CONNECTION.includes(name.toLowerCase())) kept.push(`${name}: ${raw[index + 1]}`);
  }
  return kept;
}
