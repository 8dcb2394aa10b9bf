import { fromUtf8 } from "../rules/bytes.ts";
import { MAX_LINE_BYTES } from "../rules/chain.ts";
import type { SliceReader } from "./slice.ts";

const NEWLINE = 0x0a;
const BUFFER_BYTES = 65_536;
/** Before the first line, as a newline is before the others. */
const SPARE_BYTES = 1;

export type LineFault = "too_long" | "not_utf8" | "torn";

export interface Line {
  readonly text: string;
  /** A zero and the line's bytes, which is what its leaf is the hash of; until the next line is read. */
  readonly leafInput: Uint8Array;
}

/** A line, or why the next one cannot be had. */
export type NextLine = Line | { readonly fault: LineFault };

/**
 * Lines of a file in a buffer of fixed size, however long the file or a line in it.
 *
 * A line counts only with its newline: bytes after the last newline are a torn line.
 */
export class LineReader {
  readonly #source: SliceReader;
  readonly #buffer = new Uint8Array(BUFFER_BYTES);
  #start = SPARE_BYTES;
  #end = SPARE_BYTES;
  /** Whole lines of the buffer as one text, where they are ASCII: a character is a byte then. */
  #ascii: string | undefined;
  #asciiStart = 0;

  constructor(source: SliceReader) {
    this.#source = source;
  }

  /** @returns undefined at the end; after a fault there is nothing more to read */
  next(): NextLine | undefined {
    for (;;) {
      const newline = this.#nextNewline();
      if (newline !== -1) return this.#take(newline);
      if (this.#end - this.#start > MAX_LINE_BYTES) return { fault: "too_long" };
      if (!this.#fill()) return this.#end > this.#start ? { fault: "torn" } : undefined;
    }
  }

  #nextNewline(): number {
    if (this.#ascii !== undefined) {
      const newline = this.#ascii.indexOf("\n", this.#start - this.#asciiStart);
      if (newline !== -1) return this.#asciiStart + newline;
      this.#ascii = undefined;
    }
    const newline = this.#buffer.indexOf(NEWLINE, this.#start);
    return newline < this.#end ? newline : -1;
  }

  #take(newline: number): NextLine {
    const start = this.#start;
    this.#start = newline + 1;
    if (newline - start > MAX_LINE_BYTES) return { fault: "too_long" };
    // What stands before a line was read: its own newline, or the spare byte.
    const leafInput = this.#buffer.subarray(start - SPARE_BYTES, newline);
    leafInput[0] = 0;
    const text =
      this.#ascii?.slice(start - this.#asciiStart, newline - this.#asciiStart) ??
      fromUtf8(leafInput.subarray(SPARE_BYTES));
    return text === undefined ? { fault: "not_utf8" } : { text, leafInput };
  }

  #fill(): boolean {
    this.#buffer.copyWithin(SPARE_BYTES, this.#start, this.#end);
    this.#end -= this.#start - SPARE_BYTES;
    this.#start = SPARE_BYTES;
    const length = this.#source.read(this.#buffer.subarray(this.#end));
    this.#end += length;
    this.#readAscii();
    return length > 0;
  }

  #readAscii(): void {
    const lines = this.#buffer.subarray(this.#start, this.#end);
    const whole = lines.subarray(0, lines.lastIndexOf(NEWLINE) + 1);
    const text = fromUtf8(whole);
    this.#ascii = text?.length === whole.length ? text : undefined;
    this.#asciiStart = this.#start;
  }
}
