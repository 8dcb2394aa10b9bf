import { MAX_CANONICAL_BYTES } from "../walk/byte-sink.ts";

/** Room for the longest input and its trailer; a mask never makes text longer. */
const CAPACITY = MAX_CANONICAL_BYTES + 64;

/** Up to this many bytes a loop is faster than a call. */
const SHORT_RUN = 64;

/** A copy of the source in which masked places are one byte each; made only from the first mask on. */
export class MaskedForm {
  readonly #buffer = new Uint8Array(CAPACITY);
  #source: Uint8Array = new Uint8Array(0);
  #length = 0;
  #copied = 0;

  /** Begins the form of the source from a place on. */
  begin(source: Uint8Array, start: number): void {
    this.#source = source;
    this.#length = 0;
    this.#copied = start;
  }

  mask(from: number, to: number, marker: number): void {
    this.#copyUpTo(from);
    this.#buffer[this.#length++] = marker;
    this.#copied = to;
  }

  /** The form, valid until the next `begin`; undefined when nothing was masked. */
  finish(end: number): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    this.#copyUpTo(end);
    return this.#buffer.subarray(0, this.#length);
  }

  #copyUpTo(end: number): void {
    const source = this.#source;
    const buffer = this.#buffer;
    const start = this.#copied;
    let to = this.#length;
    if (end - start > SHORT_RUN) {
      buffer.set(source.subarray(start, end), to);
      to += end - start;
    } else {
      for (let at = start; at < end; at++) buffer[to++] = source[at] ?? 0;
    }
    this.#length = to;
  }
}
