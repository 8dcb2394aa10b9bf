/** Cuts one direction of a stream into lines without keeping more of them than both ends. */
import { type Ends, HeadAndTail } from "./head-and-tail.ts";

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

  feed(chunk: Buffer, time: number, emit: (line: Line) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#line.add(chunk.subarray(start, end));
      start = end + 1;
      emit({ toServer: this.#toServer, time, ...this.#line.take() });
    }
    if (start < chunk.length) this.#line.add(start === 0 ? chunk : chunk.subarray(start));
  }
}
