import type { Notes } from "../notes.ts";

/** A longer line is skipped, and counted: it would cost several times as much memory. */
export const LONGEST_LINE = 8 * 1_048_576;
const NEWLINE = 0x0a;
const RETURN = 0x0d;

/** Gets a line as the bytes from one place of a buffer to another, and where in the file it begins. */
type OnLine = (bytes: Buffer, from: number, to: number, at: number) => void;

/** Cuts bytes into lines; keeps no more than one line. Empty lines are none. */
export class LineSplitter {
  readonly #notes: Notes;
  readonly #onLine: OnLine;
  #kept: Buffer[] = [];
  #length = 0;
  /** Where in the file the line begins that is being read. */
  #at = 0;

  constructor(notes: Notes, onLine: OnLine) {
    this.#notes = notes;
    this.#onLine = onLine;
  }

  /** @param chunk may be used for other bytes afterwards */
  take(chunk: Buffer): void {
    let from = 0;
    for (let to = chunk.indexOf(NEWLINE); to >= 0; to = chunk.indexOf(NEWLINE, from)) {
      const kept = this.#length;
      if (kept === 0) this.#tell(chunk, from, to);
      else {
        this.#keep(chunk, from, to);
        this.#tellKept();
      }
      this.#at += kept + to + 1 - from;
      from = to + 1;
    }
    this.#keep(chunk, from, chunk.length);
  }

  /** What stands after the last newline. */
  end(): void {
    if (this.#length > 0) this.#tellKept();
  }

  #tellKept(): void {
    if (this.#length > LONGEST_LINE) this.#notes.tooLong += 1;
    else {
      const line = Buffer.concat(this.#kept);
      this.#tell(line, 0, line.length);
    }
    this.#kept = [];
    this.#length = 0;
  }

  #tell(bytes: Buffer, from: number, to: number): void {
    const isEmpty = to === from || (to === from + 1 && bytes[from] === RETURN);
    if (!isEmpty) this.#onLine(bytes, from, to, this.#at);
  }

  #keep(chunk: Buffer, from: number, to: number): void {
    this.#length += to - from;
    if (this.#length > LONGEST_LINE) this.#kept = [];
    else if (to > from) this.#kept.push(Buffer.from(chunk.subarray(from, to)));
  }
}
