/** Cuts one direction of a stream into lines without keeping more of them than both ends. */
import { type Ends, HeadAndTail, type Kept } from "./head-and-tail.ts";

const NEWLINE = 0x0a;

/** One line without its newline. */
export interface Line extends Ends {
  readonly toServer: boolean;
  /** When its last byte passed, in milliseconds since the epoch. */
  readonly time: number;
}

/** A line whose ends are put together by `lineOf`. */
export interface KeptLine {
  readonly toServer: boolean;
  readonly time: number;
  readonly kept: Kept;
}

export function lineOf({ toServer, time, kept }: KeptLine): Line {
  const { byteLength, head, tail } = kept;
  return { toServer, time, byteLength, head, ...(tail ? { tail } : {}) };
}

export class LineFramer {
  readonly #toServer: boolean;
  readonly #line = new HeadAndTail();

  constructor(toServer: boolean) {
    this.#toServer = toServer;
  }

  feed(chunk: Buffer, time: number, emit: (line: KeptLine) => void): void {
    let start = 0;
    for (let end = chunk.indexOf(NEWLINE); end >= 0; end = chunk.indexOf(NEWLINE, start)) {
      this.#line.add(chunk.subarray(start, end));
      start = end + 1;
      emit({ toServer: this.#toServer, time, kept: this.#line.take() });
    }
    if (start < chunk.length) this.#line.add(start === 0 ? chunk : chunk.subarray(start));
  }
}
