/** Cuts one direction of a stream into lines without keeping more of them than both ends. */
import { type Ends, HEAD_BYTES, HeadAndTail } from "./head-and-tail.ts";

const NEWLINE = 0x0a;

/** One line without its newline. */
export interface Line extends Ends {
  readonly toServer: boolean;
  /** When its last byte passed, in milliseconds since the epoch. */
  readonly time: number;
}

export class LineFramer {
  readonly #toServer: boolean;
  readonly #line = new HeadAndTail();

  constructor(toServer: boolean) {
    this.#toServer = toServer;
  }

  /** What is emitted is valid until the next bytes come: who keeps it copies it. */
  feed(chunk: Buffer, time: number, emit: (line: Line) => void): void {
    const toServer = this.#toServer;
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      const part = chunk.subarray(start, end);
      start = end + 1;
      if (this.#line.byteLength === 0 && part.length <= HEAD_BYTES) {
        emit({ toServer, time, byteLength: part.length, head: part });
      } else {
        this.#line.add(part);
        emit({ toServer, time, ...this.#line.take() });
      }
    }
    if (start < chunk.length) this.#line.add(start === 0 ? chunk : chunk.subarray(start));
  }
}
