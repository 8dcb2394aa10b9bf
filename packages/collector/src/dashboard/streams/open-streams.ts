/** The streams that are open, counted by tenant: each costs a question ten times a second. */
import type { FastifyReply } from "fastify";
import { DoorError } from "../../http/door-error.ts";
import { EventStream } from "./event-stream.ts";

/** More pages than a team has open; a page that is refused asks again by itself. */
export const MAX_STREAMS = 100;
const RETRY_SECONDS = 5;

export class OpenStreams {
  readonly #streams = new Map<number, Set<EventStream>>();

  /**
   * @param onEnd called once, whichever side ends the stream
   * @throws {DoorError} 429 when the tenant has as many as it may
   */
  open(tenant: number, reply: FastifyReply, onEnd: () => void): EventStream {
    const streams = this.#streams.get(tenant) ?? new Set();
    if (streams.size >= MAX_STREAMS) {
      const message = `a tenant follows at most ${MAX_STREAMS} pages at once: close some`;
      throw new DoorError("RATE_LIMITED", message, { retryAfterSeconds: RETRY_SECONDS });
    }
    const stream = new EventStream(reply, () => {
      streams.delete(stream);
      if (streams.size === 0) this.#streams.delete(tenant);
      onEnd();
    });
    streams.add(stream);
    this.#streams.set(tenant, streams);
    return stream;
  }

  endAll(): void {
    for (const streams of this.#streams.values()) for (const stream of streams) stream.end();
  }
}
