import { MAX_CANONICAL_BYTES } from "../walk/byte-sink.ts";

/** Room for the longest input and its trailer; a mask never makes text longer. */
const CAPACITY = MAX_CANONICAL_BYTES + 64;

/** Up to this many bytes a loop is faster than a call. */
const SHORT_RUN = 32;

/** A copy of the source in which masked places are one byte each; made only from the first mask on. */
export class MaskedForm {
  readonly #buffer = new Uint8Array(CAPACITY);
  #length = 0;
  #copied = 0;

  clear(): void {
    this.#length = 0;
    this.#copied = 0;
  }

  mask(source: Uint8Array, from: number, to: number, marker: number): void {
    this.#copyUpTo(source, from);
    this.#buffer[this.#length++] = marker;
    this.#copied = to;
  }

  /** The form, valid until the next `clear`; undefined when nothing was masked. */
  finish(source: Uint8Array): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    this.#copyUpTo(source, source.length);
    return this.#buffer.subarray(0, this.#length);
  }

  #copyUpTo(source: Uint8Array, end: number): void {
    const start = this.#copied;
    if (end - start > SHORT_RUN) {
      this.#buffer.set(source.subarray(start, end), this.#length);
    } else {
      for (let at = start; at < end; at++) {
        this.#buffer[this.#length + at - start] = source[at] ?? 0;
      }
    }
    this.#length += end - start;
    this.#copied = end;
  }
}
