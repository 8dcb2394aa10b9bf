import { fromUtf8 } from "../rules/bytes.ts";
import { MAX_LINE_BYTES } from "../rules/chain.ts";
import type { SliceReader } from "./slice.ts";

const NEWLINE = 0x0a;
const BUFFER_BYTES = 65_536;

export type LineFault = "too_long" | "not_utf8" | "torn";

/** A line, or why the next one cannot be had. */
export type NextLine = { readonly text: string } | { readonly fault: LineFault };

/**
 * Lines of a file in a buffer of fixed size, however long the file or a line in it.
 *
 * A line counts only with its newline: bytes after the last newline are a torn line.
 */
export class LineReader {
  readonly #source: SliceReader;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = 0;
  #end = 0;

  constructor(source: SliceReader) {
    this.#source = source;
  }

  /** @returns undefined at the end; after a fault there is nothing more to read */
  next(): NextLine | undefined {
    for (;;) {
      const newline = this.#buffer.indexOf(NEWLINE, this.#start);
      if (newline !== -1 && newline < this.#end) return this.#take(newline);
      if (this.#end - this.#start > MAX_LINE_BYTES) return { fault: "too_long" };
      if (!this.#fill()) return this.#end > this.#start ? { fault: "torn" } : undefined;
    }
  }

  #take(newline: number): NextLine {
    const bytes = this.#buffer.subarray(this.#start, newline);
    this.#start = newline + 1;
    if (bytes.length > MAX_LINE_BYTES) return { fault: "too_long" };
    const text = fromUtf8(bytes);
    return text === undefined ? { fault: "not_utf8" } : { text };
  }

  #fill(): boolean {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    const length = this.#source.read(this.#buffer.subarray(this.#end));
    this.#end += length;
    return length > 0;
  }
}
