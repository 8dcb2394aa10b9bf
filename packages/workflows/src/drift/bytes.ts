/** Writes and reads numbers and short texts as bytes, the highest byte first. */

const FIRST_ROOM = 4_096;
const LONGEST_TEXT = 255;
const BYTE = 256;

/** Of one writer after the other: to get new room each time takes longer than what is written. */
let room = new Uint8Array(FIRST_ROOM);

/** One at a time: the next one begins where this one began. */
export class ByteWriter {
  #bytes = room;
  #length = 0;

  get length(): number {
    return this.#length;
  }

  /** A whole number from 0 on, in so many bytes; what does not fit becomes the most that does. */
  whole(value: number, bytes: number): this {
    this.#makeRoom(bytes);
    let rest = Math.min(Math.max(0, Math.floor(value)), BYTE ** bytes - 1);
    for (let at = this.#length + bytes - 1; at >= this.#length; at--) {
      this.#bytes[at] = rest; // A byte takes the lowest eight bits.
      rest = Math.floor(rest / BYTE);
    }
    this.#length += bytes;
    return this;
  }

  /** At most 255 characters of ASCII. */
  text(text: string): this {
    const length = Math.min(text.length, LONGEST_TEXT);
    this.whole(length, 1).#makeRoom(length);
    for (let at = 0; at < length; at++) this.#bytes[this.#length + at] = text.charCodeAt(at);
    this.#length += length;
    return this;
  }

  all(bytes: ArrayLike<number>): this {
    this.#makeRoom(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
    return this;
  }

  finish(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  #makeRoom(bytes: number): void {
    const needed = this.#length + bytes;
    if (needed <= this.#bytes.length) return;
    const wider = new Uint8Array(2 * needed);
    wider.set(this.#bytes);
    this.#bytes = wider;
    room = wider;
  }
}

export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#bytes.length;
  }

  whole(bytes: number): number {
    const from = this.#pass(bytes);
    let value = 0;
    for (let at = from; at < from + bytes; at++) value = value * BYTE + (this.#bytes[at] ?? 0);
    return value;
  }

  text(): string {
    return String.fromCharCode(...this.take(this.whole(1)));
  }

  /** @throws {RangeError} when there are not so many bytes left */
  take(bytes: number): Uint8Array {
    const from = this.#pass(bytes);
    // A Buffer's own slice would share its memory.
    return new Uint8Array(this.#bytes.subarray(from, from + bytes));
  }

  /** The same without a copy. */
  view(bytes: number): DataView {
    const from = this.#pass(bytes);
    return new DataView(this.#bytes.buffer, this.#bytes.byteOffset + from, bytes);
  }

  /** All texts that are left, each with its length before it. */
  rest(decode: (bytes: Uint8Array) => string): readonly string[] {
    const texts: string[] = [];
    const from = this.#at;
    const together = decode(this.#bytes.subarray(from));
    // Where each byte is a character, one reading serves for all of them.
    const isAscii = together.length === this.#bytes.length - from;
    while (!this.isAtEnd) {
      const length = this.whole(1);
      const start = this.#pass(length);
      texts.push(
        isAscii
          ? together.slice(start - from, start - from + length)
          : decode(this.#bytes.subarray(start, start + length)),
      );
    }
    return texts;
  }

  /** @returns where they begin */
  #pass(bytes: number): number {
    const from = this.#at;
    if (from + bytes > this.#bytes.length) {
      throw new RangeError("the state of a workflow is cut off");
    }
    this.#at = from + bytes;
    return from;
  }
}
