/** Server-sent events to one page (WHATWG HTML, section 9.2). */
import type { FastifyReply } from "fastify";

/** What a page may leave unread before it is told to read everything again. */
const MAX_UNREAD_BYTES = 1024 * 1024;
const COMMENT_MS = 15_000;

export class EventStream {
  readonly #reply: FastifyReply;
  readonly #comments: NodeJS.Timeout;

  /** @param onEnd called once, whichever side ends it */
  constructor(reply: FastifyReply, onEnd: () => void) {
    this.#reply = reply;
    const { raw } = reply;
    reply.hijack();
    this.#comments = setInterval(() => this.#keepAlive(), COMMENT_MS);
    const close = () => {
      clearInterval(this.#comments);
      onEnd();
    };
    // A page that left while its request was answered says so no second time.
    if (raw.destroyed) {
      setImmediate(close);
      return;
    }
    raw.once("close", close);
    raw.writeHead(200, {
      "content-type": "text/event-stream; charset=utf-8",
      "cache-control": "no-store",
      "x-content-type-options": "nosniff",
      // Proxies that collect answers before they pass them on would hold events back.
      "x-accel-buffering": "no",
    });
    raw.write(":\n\n");
  }

  get isOpen(): boolean {
    return !this.#reply.raw.writableEnded && !this.#reply.raw.destroyed;
  }

  /** @param id what the page sends back as `Last-Event-ID` when it comes again */
  send(type: string, data: unknown, id: number): void {
    if (!this.isOpen) return;
    const { raw } = this.#reply;
    if (raw.writableLength > MAX_UNREAD_BYTES) this.reload();
    else raw.write(`id: ${id}\nevent: ${type}\ndata: ${JSON.stringify(data)}\n\n`);
  }

  /** The page has fallen too far behind: it shall read again what it shows. */
  reload(): void {
    if (!this.isOpen) return;
    this.#reply.raw.end("event: reload\ndata: {}\n\n");
  }

  end(): void {
    this.#reply.raw.end();
  }

  /** A page that has not even read the end by now reads nothing any more. */
  #keepAlive(): void {
    if (this.isOpen) this.#reply.raw.write(":\n\n");
    else this.#reply.raw.destroy();
  }
}
