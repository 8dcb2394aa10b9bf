/** What was relayed over stdio and not looked at yet: in the path of the bytes nothing is read. */
import { BoundedQueue } from "./bounded-queue.ts";
import { ChunkLog, MAX_CHUNK_BYTES } from "./chunk-log.ts";
import type { Backlog } from "./late-reader.ts";
import { type Line, LineFramer } from "./line-framer.ts";

/** A log of this size is cut into lines at once, which are counted and forgotten one by one. */
const MAX_LOG_BYTES = 2 * 1024 * 1024;
/** A chunk of this size holds many short lines or a part of a long one. */
const LARGE_CHUNK_BYTES = 16 * 1024;
/** What a short line begins within. */
const SHORT_LINE_BYTES = 2 * 1024;
const NEWLINE = 0x0a;

export class TapQueue implements Backlog<Line> {
  readonly #log = new ChunkLog();
  readonly #lines = new BoundedQueue<Line>();
  readonly #requests = new LineFramer(true);
  readonly #replies = new LineFramer(false);

  get isEmpty(): boolean {
    return this.#log.isEmpty && this.#lines.isEmpty;
  }

  push(toServer: boolean, bytes: Buffer, time: number): void {
    if (isOfLongLine(bytes)) {
      // Both ends of it are all that is needed: the chunk is free again at once.
      this.#frameLog();
      this.#frame(toServer, bytes, time);
      return;
    }
    if (this.#log.byteLength >= MAX_LOG_BYTES) this.#frameLog();
    this.#log.push(toServer, bytes, time);
  }

  /** The next line in the order of arrival. */
  shift(): Line | undefined {
    while (this.#lines.isEmpty && !this.#log.isEmpty) this.#log.shift(this.#frame);
    return this.#lines.shift();
  }

  takeForgotten(): number {
    return this.#lines.takeForgotten();
  }

  #frameLog(): void {
    while (!this.#log.isEmpty) this.#log.shift(this.#frame);
  }

  readonly #frame = (toServer: boolean, bytes: Buffer, time: number): void => {
    (toServer ? this.#requests : this.#replies).feed(bytes, time, this.#add);
  };

  readonly #add = (line: Line): void => {
    if (line.byteLength > 0) this.#lines.add(line, line.head.length + (line.tail?.length ?? 0));
  };
}

function isOfLongLine(bytes: Buffer): boolean {
  if (bytes.length < LARGE_CHUNK_BYTES) return false;
  if (bytes.length > MAX_CHUNK_BYTES) return true;
  return bytes.subarray(0, SHORT_LINE_BYTES).indexOf(NEWLINE) < 0;
}
