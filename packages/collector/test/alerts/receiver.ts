/** A real HTTP server that receives alerts, and does to them what a test wants. */
import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Received {
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Receiver {
  readonly url: string;
  /** `host:port`, as it is allowed. */
  readonly place: string;
  readonly received: readonly Received[];
  /** Drops every connection and stops listening, like a process that dies. */
  close(): Promise<void>;
}

/** @param number of the request, from 0 */
export type Respond = (response: ServerResponse, number: number) => void;

export const accept: Respond = (response) => void response.writeHead(204).end();

export async function startReceiver(respond: Respond = accept, port = 0): Promise<Receiver> {
  const received: Received[] = [];
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const body = Buffer.concat(chunks).toString("utf8");
      received.push({ path: request.url ?? "", headers: request.headers, body });
      respond(response, received.length - 1);
    });
    request.on("error", () => {});
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  // A server that listens on a port has such an address.
  const { port: taken } = server.address() as AddressInfo;
  const place = `127.0.0.1:${taken}`;
  return {
    url: `http://${place}/hook`,
    place,
    received,
    async close() {
      server.closeAllConnections();
      server.close();
      await once(server, "close");
    },
  };
}

const PATIENCE_MS = 20_000;

/** Resolves when something is so; fails when it is not within 20 s. */
export async function eventually<T>(look: () => T | Promise<T>, isSo: (seen: T) => boolean) {
  const until = Date.now() + PATIENCE_MS;
  for (;;) {
    const seen = await look();
    if (isSo(seen)) return seen;
    if (Date.now() > until) throw new Error(`it never was so: ${JSON.stringify(seen)}`);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}
