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

export class HeadAndTail {
  #head: Buffer[] = [];
  #headBytes = 0;
  #tail: Buffer = EMPTY;
  #byteLength = 0;

  get byteLength(): number {
    return this.#byteLength;
  }

  add(part: Buffer): void {
    const room = HEAD_BYTES - this.#headBytes;
    this.#byteLength += part.length;
    if (part.length <= room) {
      this.#head.push(part);
      this.#headBytes += part.length;
      return;
    }
    if (room > 0) this.#head.push(part.subarray(0, room));
    this.#headBytes = HEAD_BYTES;
    const rest = part.subarray(room);
    // Copied, so that the tail does not hold the chunk it came from.
    this.#tail =
      rest.length >= TAIL_BYTES
        ? Buffer.from(rest.subarray(rest.length - TAIL_BYTES))
        : Buffer.concat([this.#tail, rest]).subarray(-TAIL_BYTES);
  }

  /** What was added since the last time. */
  take(): Ends {
    const [first = EMPTY] = this.#head;
    const head = this.#head.length === 1 ? first : Buffer.concat(this.#head);
    const ends = { byteLength: this.#byteLength, head };
    const tail = this.#tail;
    this.#head = [];
    this.#headBytes = 0;
    this.#tail = EMPTY;
    this.#byteLength = 0;
    return tail.length > 0 ? { ...ends, tail } : ends;
  }
}
