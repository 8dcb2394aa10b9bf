import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { setImmediate } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { type Reply, replyTo } from "./reply.ts";

/** One request as it came, byte for byte. */
export interface ReceivedRequest {
  readonly method: string;
  readonly url: string;
  /** Names and values in turn, as they were sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
}

/** How one reply went, for tests that ask what the client did rather than how long it took. */
export interface SentReply {
  readonly request: ReceivedRequest;
  partsSent: number;
  /** The server wrote its last byte. */
  finished: boolean;
  /** The connection was closed before that. */
  closedEarly: boolean;
}

/**
 * A model server on the loopback interface that speaks the formats of both vendors.
 *
 * What it answers depends on the request alone: the path chooses the format, and the model name the
 * scenario. Two clients that send the same get the same.
 */
export class WireServer {
  readonly requests: ReceivedRequest[] = [];
  readonly replies: SentReply[] = [];
  readonly #server: Server;
  readonly #held = new Set<() => void>();

  private constructor() {
    this.#server = createServer((request, response) => {
      void this.#answer(request, response);
    });
  }

  static async start(): Promise<WireServer> {
    const wire = new WireServer();
    wire.#server.listen(0, "127.0.0.1");
    await once(wire.#server, "listening");
    return wire;
  }

  get url(): string {
    const address = this.#server.address();
    if (address === null || typeof address === "string") throw new Error("the server is closed");
    return `http://127.0.0.1:${address.port}`;
  }

  /** Forgets what came so far. */
  reset(): void {
    this.requests.length = 0;
    this.replies.length = 0;
  }

  /** Lets every held reply go on. */
  release(): void {
    for (const resume of this.#held) resume();
    this.#held.clear();
  }

  /** Resolves when the last reply is over, whichever way. */
  async settled(): Promise<void> {
    while (this.replies.some(({ finished, closedEarly }) => !finished && !closedEarly)) {
      await setImmediate();
    }
  }

  async close(): Promise<void> {
    this.release();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, "close");
  }

  async #answer(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk);
    const request = {
      method: incoming.method ?? "",
      url: incoming.url ?? "",
      rawHeaders: incoming.rawHeaders,
      body: Buffer.concat(chunks),
    };
    this.requests.push(request);
    const sent: SentReply = { request, partsSent: 0, finished: false, closedEarly: false };
    this.replies.push(sent);
    response.on("close", () => {
      sent.closedEarly = !response.writableFinished;
    });
    response.on("finish", () => {
      sent.finished = true;
    });
    await this.#send(replyTo(request, incoming.headers), response, sent);
  }

  async #send(reply: Reply, response: ServerResponse, sent: SentReply): Promise<void> {
    // A slow reader makes us wait often.
    response.setMaxListeners(0);
    if (reply.isMute) await this.#hold(response);
    if (response.destroyed) return;
    // Two equal requests get equal headers.
    response.sendDate = false;
    response.writeHead(reply.status, reply.headers);
    response.flushHeaders();
    const parts = reply.gzip ? [gzipSync(reply.parts.join(""))] : reply.parts.map(Buffer.from);
    for (const [index, part] of parts.entries()) {
      if (index === reply.holdAfter) await this.#hold(response);
      if (index === reply.cutAfter) response.destroy();
      if (response.destroyed) return;
      await write(response, part, reply.chunkBytes);
      sent.partsSent = index + 1;
    }
    response.end();
  }

  /** Waits for `release` or for the client to go away. */
  #hold(response: ServerResponse): Promise<void> {
    return new Promise((resume) => {
      this.#held.add(resume);
      response.once("close", resume);
    });
  }
}

async function write(response: ServerResponse, part: Buffer, chunkBytes?: number): Promise<void> {
  const step = chunkBytes ?? Math.max(1, part.length);
  for (let start = 0; start < part.length; start += step) {
    const drained = response.write(part.subarray(start, start + step));
    if (!drained && !response.destroyed) {
      await Promise.race([once(response, "drain"), once(response, "close")]);
    }
    // A turn of its own, so that the pieces reach the client as pieces.
    if (chunkBytes !== undefined) await setImmediate();
  }
}
