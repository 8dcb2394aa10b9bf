/** Writes and reads numbers and short texts as bytes, the highest byte first. */

export class ByteWriter {
  readonly #bytes: number[] = [];

  get length(): number {
    return this.#bytes.length;
  }

  /** A whole number from 0 on, in so many bytes; what does not fit becomes the most that does. */
  whole(value: number, bytes: number): this {
    const most = 256 ** bytes - 1;
    let rest = Math.min(Math.max(0, Math.floor(value)), most);
    for (let unit = 256 ** (bytes - 1); unit >= 1; unit /= 256) {
      const digit = Math.floor(rest / unit);
      this.#bytes.push(digit);
      rest -= digit * unit;
    }
    return this;
  }

  /** At most 255 characters of ASCII. */
  text(text: string): this {
    this.whole(text.length, 1);
    for (let at = 0; at < text.length; at++) this.whole(text.charCodeAt(at), 1);
    return this;
  }

  all(bytes: Iterable<number>): this {
    for (const byte of bytes) this.#bytes.push(byte);
    return this;
  }

  finish(): Uint8Array {
    return Uint8Array.from(this.#bytes);
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
    let value = 0;
    for (const byte of this.take(bytes)) value = value * 256 + byte;
    return value;
  }

  text(): string {
    return String.fromCharCode(...this.take(this.whole(1)));
  }

  /** @throws {RangeError} when there are not so many bytes left */
  take(bytes: number): Uint8Array {
    const end = this.#at + bytes;
    if (end > this.#bytes.length) throw new RangeError("the state of a workflow is cut off");
    const taken = this.#bytes.slice(this.#at, end);
    this.#at = end;
    return taken;
  }
}
