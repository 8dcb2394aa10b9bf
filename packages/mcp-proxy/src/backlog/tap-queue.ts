/** What was relayed over stdio and not looked at yet: in the path of the bytes it is only copied. */
import { ByteLog, type Part } from "./byte-log.ts";
import { Clip } from "./clip.ts";
import type { Backlog } from "./late-reader.ts";
import { type Line, LineFramer } from "./line-framer.ts";
import { endOfPiece } from "./piece.ts";

const NEWLINE = 0x0a;

export class TapQueue implements Backlog<Line> {
  readonly #log = new ByteLog();
  readonly #requests = this.#direction(true);
  readonly #replies = this.#direction(false);
  #part: Part | undefined;
  /** How much of the part is read. */
  #readBytes = 0;
  #forgotten = 0;

  get isEmpty(): boolean {
    return !this.#part && this.#log.isEmpty;
  }

  /** Keeps what there is room for; `bytes` may be written over afterwards. */
  push(toServer: boolean, bytes: Buffer, time: number): void {
    (toServer ? this.#requests : this.#replies).clip.push(bytes, time);
  }

  /** Lines come in the order in which they ended, and are valid until `accept` returns. */
  read(accept: (line: Line) => void): void {
    const part = this.#part ?? this.#log.shift();
    if (!part) return;
    this.#part = undefined;
    const { framer } = part.toServer ? this.#requests : this.#replies;
    const emit = (line: Line) => {
      if (line.byteLength > 0) accept(line);
    };
    if (part.skipped > 0) {
      framer.skip(part.skipped, part.time, emit);
      return;
    }
    const start = this.#readBytes;
    const end = endOfPiece(part.bytes, start);
    const isWhole = end === part.bytes.length;
    this.#part = isWhole ? undefined : part;
    this.#readBytes = isWhole ? 0 : end;
    const piece = start === 0 && isWhole ? part.bytes : part.bytes.subarray(start, end);
    framer.feed(piece, part.time, emit);
  }

  takeForgotten(): number {
    const count = this.#forgotten;
    this.#forgotten = 0;
    return count;
  }

  forgetRest(): void {
    for (let part = this.#part ?? this.#log.shift(); part; part = this.#log.shift()) {
      const { bytes } = part;
      let at = bytes.indexOf(NEWLINE, part === this.#part ? this.#readBytes : 0);
      for (; at >= 0; at = bytes.indexOf(NEWLINE, at + 1)) this.#forgotten++;
    }
    this.#part = undefined;
    this.#readBytes = 0;
  }

  #direction(toServer: boolean) {
    const log = this.#log;
    const clip = new Clip(
      {
        get room() {
          return log.room;
        },
        keep: (bytes, time) => log.keep(toServer, time, bytes),
        skip: (byteLength, time) => log.skip(toServer, time, byteLength),
        forget: () => {
          this.#forgotten++;
        },
      },
      "line",
    );
    return { clip, framer: new LineFramer(toServer) };
  }
}
