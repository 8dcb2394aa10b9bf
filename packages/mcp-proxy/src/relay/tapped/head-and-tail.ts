/** Both ends of something long: an id stands in one of the two, the middle is never needed. */

export const HEAD_BYTES = 64 * 1024;
export const TAIL_BYTES = 4 * 1024;

/** What is kept of a line, a body or an event. */
export interface Ends {
  readonly byteLength: number;
  /** The whole, or its first 64 KiB. */
  readonly head: Buffer;
  /** The last 4 KiB of what is longer than its head. */
  readonly tail?: Buffer;
}

const EMPTY = Buffer.alloc(0);

/** Copies what it keeps, over and over into the same memory. */
export class HeadAndTail {
  #head: Buffer = EMPTY;
  #headBytes = 0;
  #tail: Buffer = EMPTY;
  #tailBytes = 0;
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  add(part: Buffer): void {
    const fitting = Math.min(part.length, HEAD_BYTES - this.#headBytes);
    this.#byteLength += part.length;
    if (fitting > 0) this.#keepHead(part, fitting);
    if (part.length > fitting) this.#keepTail(part, fitting);
  }

  /** What was added since the last time; a view that is valid until the next `add`. */
  take(): Ends {
    const ends = { byteLength: this.#byteLength, head: this.#head.subarray(0, this.#headBytes) };
    const tail = this.#tail.subarray(0, this.#tailBytes);
    this.#headBytes = 0;
    this.#tailBytes = 0;
    this.#byteLength = 0;
    return tail.length > 0 ? { ...ends, tail } : ends;
  }

  #keepHead(part: Buffer, length: number): void {
    const needed = this.#headBytes + length;
    if (needed > this.#head.length) {
      const larger = Math.min(HEAD_BYTES, Math.max(needed, 2 * this.#head.length));
      this.#head = Buffer.concat([this.#head.subarray(0, this.#headBytes)], larger);
    }
    part.copy(this.#head, this.#headBytes, 0, length);
    this.#headBytes = needed;
  }

  /** The last bytes so far: those of `part` behind what is left of the ones before. */
  #keepTail(part: Buffer, from: number): void {
    if (this.#tail.length === 0) this.#tail = Buffer.allocUnsafeSlow(TAIL_BYTES);
    const start = Math.max(from, part.length - TAIL_BYTES);
    const added = part.length - start;
    const kept = Math.min(this.#tailBytes, TAIL_BYTES - added);
    this.#tail.copyWithin(0, this.#tailBytes - kept, this.#tailBytes);
    part.copy(this.#tail, kept, start);
    this.#tailBytes = kept + added;
  }
}

/** The same in memory of its own, for who keeps it. */
export function copyOf<Kept extends Ends>(ends: Kept): Kept {
  const copy = { ...ends, head: Buffer.from(ends.head) };
  return ends.tail ? { ...copy, tail: Buffer.from(ends.tail) } : copy;
}
