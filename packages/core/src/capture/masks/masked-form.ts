import { MAX_CANONICAL_BYTES } from "../walk/byte-sink.ts";
import { Region } from "../walk/region.ts";

/** Room for the longest input and its trailer; a mask never makes text longer. */
const CAPACITY = MAX_CANONICAL_BYTES + 64;

/** A copy of a text in which masked places are one byte each; made only from the first mask on. */
export class MaskedForm {
  readonly #region = new Region(CAPACITY);
  readonly #source: Region;
  #length = 0;
  #copied = 0;

  /** @param source where every text to be masked stands */
  constructor(source: Region) {
    this.#source = source;
  }

  /** Begins the form of the text that starts at a place. */
  begin(start: number): void {
    this.#length = 0;
    this.#copied = start;
  }

  mask(from: number, to: number, marker: number): void {
    const at = this.#source.copyTo(this.#region, this.#length, this.#copied, from);
    this.#region.bytes[at] = marker;
    this.#length = at + 1;
    this.#copied = to;
  }

  /** The form, valid until the next `begin`; undefined when nothing was masked. */
  finish(end: number): Uint8Array | undefined {
    if (this.#length === 0) return undefined;
    this.#length = this.#source.copyTo(this.#region, this.#length, this.#copied, end);
    this.#copied = end;
    return this.#region.bytes.subarray(0, this.#length);
  }
}
