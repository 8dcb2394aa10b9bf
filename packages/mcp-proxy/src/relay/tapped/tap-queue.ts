/** What was relayed over stdio and not looked at yet: in the path of the bytes only references. */
import { BoundedQueue } from "./bounded-queue.ts";
import type { Backlog } from "./late-reader.ts";
import { type Line, LineFramer } from "./line-framer.ts";

/** Chunks are cut into lines at once when this many bytes wait, so that long lines shrink. */
const FRAME_AT_BYTES = 256 * 1024;
/**
 * A chunk of this size belongs to something long. It is not kept until later: buffers that survive a
 * while are freed late, and a relay of long lines then takes a fifth more time (measured).
 */
const FRAME_CHUNK_BYTES = 16 * 1024;

interface Chunk {
  readonly toServer: boolean;
  readonly time: number;
  readonly bytes: Buffer;
}

export class TapQueue implements Backlog<Line> {
  #chunks: Chunk[] = [];
  #chunkBytes = 0;
  readonly #lines = new BoundedQueue<Line>();
  readonly #requests = new LineFramer(true);
  readonly #replies = new LineFramer(false);

  get isEmpty(): boolean {
    return this.#chunks.length === 0 && this.#lines.isEmpty;
  }

  push(toServer: boolean, bytes: Buffer, time: number): void {
    this.#chunks.push({ toServer, time, bytes });
    this.#chunkBytes += bytes.length;
    if (bytes.length >= FRAME_CHUNK_BYTES || this.#chunkBytes > FRAME_AT_BYTES) this.#frame();
  }

  /** The next line in the order of arrival. */
  shift(): Line | undefined {
    if (this.#lines.isEmpty) this.#frame();
    return this.#lines.shift();
  }

  takeForgotten(): number {
    return this.#lines.takeForgotten();
  }

  #frame(): void {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    for (const chunk of chunks) {
      const framer = chunk.toServer ? this.#requests : this.#replies;
      framer.feed(chunk.bytes, chunk.time, this.#add);
    }
  }

  readonly #add = (line: Line): void => {
    if (line.byteLength > 0) this.#lines.add(line, line.head.length + (line.tail?.length ?? 0));
  };
}
