/** Stands between an observer and the collector itself, and misbehaves like the worst of networks. */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Misdeed } from "./receiver.ts";

export class Front {
  /** Asked before each request; `undefined` passes it on. */
  misbehave: (request: number) => Misdeed = () => undefined;
  /** When a `store_then_hang` answers after all. */
  lateMs = 1_000;
  requests = 0;
  readonly #server: Server;
  readonly #collector: string;

  constructor(collector: string) {
    this.#collector = collector;
    this.#server = createServer((request, response) => {
      this.#serve(request, response).catch(() => request.socket.destroy());
    });
  }

  async listen(): Promise<this> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    return this;
  }

  get url(): string {
    // True because a server that listens on a port has such an address.
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    this.requests += 1;
    const misdeed = this.misbehave(this.requests);
    if (misdeed === "cut") {
      request.socket.destroy();
      return;
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    if (misdeed === "hang") return;
    if (typeof misdeed === "object") {
      response.writeHead(misdeed.status, misdeed.headers).end(misdeed.body ?? "");
      return;
    }
    const { status, type, body } = await this.#passOn(request, Buffer.concat(chunks));
    if (misdeed === "store_then_cut") request.socket.destroy();
    else if (misdeed === "cut_body") {
      response.writeHead(status, { "content-length": body.length + 1_000 }).write(body);
      setTimeout(() => request.socket.destroy(), 5);
    } else {
      const answer = () => response.writeHead(status, { "content-type": type }).end(body);
      if (misdeed === "store_then_hang") setTimeout(answer, this.lateMs);
      else answer();
    }
  }

  async #passOn({ method = "GET", url = "/", headers }: IncomingMessage, body: Buffer) {
    const kept = ["authorization", "content-type", "content-encoding", "x-caum-session-token"];
    const passed = kept.flatMap((name) => {
      const value = headers[name];
      return typeof value === "string" ? [[name, value] as [string, string]] : [];
    });
    const answer = await fetch(new URL(url, this.#collector), {
      method,
      headers: passed,
      ...(method === "GET" ? {} : { body: new Uint8Array(body) }),
    });
    return {
      status: answer.status,
      type: answer.headers.get("content-type") ?? "",
      body: Buffer.from(await answer.arrayBuffer()),
    };
  }
}
