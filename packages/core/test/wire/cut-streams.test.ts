import { setImmediate } from "node:timers/promises";
import { expect, test } from "vitest";
import { tapResponse } from "../../src/wire/stream/tapped-response.ts";

const EVENTS = 10;
/** Microtasks between two steps of a server; an error may follow a chunk at any distance. */
const MOST_TICKS = 12;

interface Sender {
  enqueue(chunk: Uint8Array<ArrayBuffer>): void;
  error(reason: unknown): void;
}

/** A body that sends events by itself and breaks off, as the network does: nobody asked for it. */
function brokenBody(sent: number, ticks: number, type?: "bytes"): ReadableStream<Uint8Array> {
  const send = async (sender: Sender) => {
    await setImmediate();
    for (let event = 0; event < sent; event += 1) {
      sender.enqueue(new TextEncoder().encode(`data: ${event}\n\n`));
      // Earlier events come one by one; the last three and the break may come at once.
      if (event < sent - 3) await setImmediate();
    }
    for (let tick = 0; tick < ticks; tick += 1) await undefined;
    sender.error(new TypeError("terminated"));
  };
  // Not waited for by the stream, which would not be read before.
  const start = (sender: Sender) => {
    void send(sender);
  };
  return type === undefined
    ? new ReadableStream({ start }, { highWaterMark: 0 })
    : new ReadableStream({ start, type });
}

/** The ways in which code reads a stream; `work` is how many turns of its own each event takes. */
const READERS = {
  async iterate(body: ReadableStream<Uint8Array>, work: number) {
    const seen: string[] = [];
    try {
      for await (const chunk of body) {
        seen.push(new TextDecoder().decode(chunk));
        for (let turn = 0; turn < work; turn += 1) await undefined;
      }
    } catch (failure) {
      seen.push(String(failure));
    }
    return seen;
  },
  async read(body: ReadableStream<Uint8Array>, work: number) {
    const seen: string[] = [];
    const reader = body.getReader();
    try {
      for (;;) {
        const { done, value } = await reader.read();
        if (done) break;
        seen.push(new TextDecoder().decode(value));
        for (let turn = 0; turn < work; turn += 1) await undefined;
      }
    } catch (failure) {
      seen.push(String(failure), String(await reader.closed.catch((error) => error)));
    }
    return seen;
  },
  async tee(body: ReadableStream<Uint8Array>, work: number) {
    const [one, two] = body.tee();
    return Promise.all([READERS.read(one, work), READERS.iterate(two, work)]);
  },
} as const;

for (const type of [undefined, "bytes"] as const) {
  test.each(Object.keys(READERS) as (keyof typeof READERS)[])(
    `%s hands on what the bare body hands on, wherever it breaks (${type ?? "chunks"})`,
    async (name) => {
      for (let sent = 0; sent <= EVENTS; sent += 1) {
        for (let ticks = 0; ticks < MOST_TICKS; ticks += 1) {
          for (const work of [0, 3]) {
            const bare = new Response(brokenBody(sent, ticks, type));
            const tapped = new Response(brokenBody(sent, ticks, type));
            const told: string[] = [];
            const isTapped = tapResponse(tapped, {
              onChunk: (chunk) => told.push(new TextDecoder().decode(chunk)),
              onEnd: () => told.push("end"),
              onCancel: () => told.push("cancel"),
              onError: () => told.push("error"),
            });
            expect(isTapped).toBe(true);
            const [expected, actual] = await Promise.all([
              READERS[name](bare.body!, work),
              READERS[name](tapped.body!, work),
            ]);
            expect([sent, ticks, work, actual]).toEqual([sent, ticks, work, expected]);
            expect(told.at(-1)).toBe("error");
          }
        }
      }
    },
  );
}
