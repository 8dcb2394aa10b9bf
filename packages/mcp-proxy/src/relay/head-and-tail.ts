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
  take(): Kept {
    const kept = new Kept(this.#head, this.#tail, this.#byteLength);
    this.#head = [];
    this.#headBytes = 0;
    this.#tail = EMPTY;
    this.#byteLength = 0;
    return kept;
  }
}

/** Both ends, put together when somebody reads them: most of what is long is never read. */
export class Kept implements Ends {
  readonly byteLength: number;
  readonly tail?: Buffer;
  readonly #parts: readonly Buffer[];

  constructor(parts: readonly Buffer[], tail: Buffer, byteLength: number) {
    this.#parts = parts;
    this.byteLength = byteLength;
    if (tail.length > 0) this.tail = tail;
  }

  get head(): Buffer {
    const [first = EMPTY] = this.#parts;
    return this.#parts.length === 1 ? first : Buffer.concat(this.#parts);
  }

  /** What it holds in memory. */
  get heldBytes(): number {
    return Math.min(this.byteLength, HEAD_BYTES) + (this.tail?.length ?? 0);
  }
}
