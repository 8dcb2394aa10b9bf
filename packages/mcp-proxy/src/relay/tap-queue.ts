/**
 * What was relayed and not looked at yet. It holds references in the path of the bytes and nothing
 * more; when memory runs out it forgets lines, and counts them.
 */
import type { Backlog } from "./late-reader.ts";
import { type Line, LineFramer } from "./line-framer.ts";

/** Chunks are cut into lines at once when this many bytes wait, so that long lines shrink. */
const FRAME_AT_BYTES = 1024 * 1024;
/** Lines are forgotten when this many bytes wait. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What a line costs besides its bytes. */
const LINE_OVERHEAD_BYTES = 256;
/** Read lines are cut off the array in steps. */
const COMPACT_AT_LINES = 1_024;

interface Chunk {
  readonly toServer: boolean;
  readonly time: number;
  readonly bytes: Buffer;
}

export class TapQueue implements Backlog<Line> {
  #chunks: Chunk[] = [];
  #chunkBytes = 0;
  #lines: Line[] = [];
  #firstLine = 0;
  #lineBytes = 0;
  #forgotten = 0;
  readonly #requests = new LineFramer(true);
  readonly #replies = new LineFramer(false);
  readonly #emit = (line: Line) => this.#add(line);

  get isEmpty(): boolean {
    return this.#chunks.length === 0 && this.#firstLine === this.#lines.length;
  }

  push(toServer: boolean, bytes: Buffer, time: number): void {
    this.#chunks.push({ toServer, time, bytes });
    this.#chunkBytes += bytes.length;
    if (this.#chunkBytes > FRAME_AT_BYTES) this.#frame();
  }

  /** The next line in the order of arrival. */
  shift(): Line | undefined {
    if (this.#firstLine === this.#lines.length) {
      this.#lines = [];
      this.#firstLine = 0;
      this.#frame();
    }
    const line = this.#lines[this.#firstLine];
    if (!line) return undefined;
    this.#firstLine++;
    this.#lineBytes -= costOf(line);
    if (this.#firstLine >= COMPACT_AT_LINES) {
      this.#lines = this.#lines.slice(this.#firstLine);
      this.#firstLine = 0;
    }
    return line;
  }

  /** How many lines were forgotten since the last time this was asked. */
  takeForgotten(): number {
    const count = this.#forgotten;
    this.#forgotten = 0;
    return count;
  }

  #frame(): void {
    const chunks = this.#chunks;
    this.#chunks = [];
    this.#chunkBytes = 0;
    for (const chunk of chunks) {
      const framer = chunk.toServer ? this.#requests : this.#replies;
      framer.feed(chunk.bytes, chunk.time, this.#emit);
    }
  }

  #add(line: Line): void {
    if (line.byteLength === 0) return;
    const cost = costOf(line);
    if (this.#lineBytes + cost > MAX_BYTES) {
      this.#forgotten++;
      return;
    }
    this.#lines.push(line);
    this.#lineBytes += cost;
  }
}

function costOf(line: Line): number {
  return line.head.length + (line.tail?.length ?? 0) + LINE_OVERHEAD_BYTES;
}
