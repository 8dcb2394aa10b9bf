/** A receiver in front of a collector that passes everything on, and changes what is answered. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

export interface Receiver {
  readonly url: string;
  readonly close: () => void;
}

type Reply = { readonly status: number; readonly type: string; readonly text: string };

/** Answers every request with the same reply. */
export function startAnswering(reply: Reply): Promise<Receiver> {
  return start(async (_request, response) => {
    response.writeHead(reply.status, { "content-type": reply.type }).end(reply.text);
  });
}

/** @param change what becomes of the text of each answer */
export function startLiar(collector: string, change: (text: string) => string): Promise<Receiver> {
  return start(async (request, response) => {
    const body = await textOf(request);
    const { authorization, "content-type": type, "x-caum-session-token": token } = request.headers;
    const headers = {
      ...(authorization && { authorization }),
      ...(type && { "content-type": type }),
      ...(typeof token === "string" && { "x-caum-session-token": token }),
    };
    const method = request.method ?? "GET";
    const init = { method, headers, ...(method === "GET" ? {} : { body }) };
    const answer = await fetch(new URL(request.url ?? "/", collector), init);
    const text = change(Buffer.from(await answer.arrayBuffer()).toString("latin1"));
    const kind = answer.headers.get("content-type") ?? "application/json";
    response.writeHead(answer.status, { "content-type": kind }).end(Buffer.from(text, "latin1"));
  });
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const part of request) text += part;
  return text;
}

type Handler = (request: IncomingMessage, response: ServerResponse) => Promise<void>;

async function start(handler: Handler): Promise<Receiver> {
  const server = createServer((request, response) => {
    handler(request, response).catch(() => response.destroy());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  // True because it listens on a port.
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, close: () => server.close() };
}
