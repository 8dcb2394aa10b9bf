/** What is kept of a text that may be long: the beginning, and the outline of the message it is. */
import { Outline } from "./outline.ts";
import { COMMA, LIST_START, OBJECT_START, Structure } from "./structure.ts";

export const HEAD_BYTES = 64 * 1024;
/** What stands before a message in its line: `data: `. */
const MAX_PREFIX_BYTES = 8;

/** What is kept of a line, a body or an event. */
export interface Kept {
  readonly byteLength: number;
  /** The whole, or its first 64 KiB. */
  readonly head: Buffer;
  /** Of what is longer than its head: the message without its long values (outline.ts). */
  readonly outline?: Buffer;
  /** Bytes of its middle are missing, so the outline may be too. */
  readonly isCut?: true;
}

/** Takes a view that is valid until it returns. */
type Emit = (kept: Kept) => void;

const EMPTY = Buffer.alloc(0);

/** Copies what it keeps, over and over into the same memory. */
export class KeptText {
  #head: Buffer = EMPTY;
  #headBytes = 0;
  #byteLength = 0;
  #isCut = false;
  #long: Outline | Batch | undefined;
  readonly #mayBeBatch: boolean;

  constructor(mayBeBatch = true) {
    this.#mayBeBatch = mayBeBatch;
  }

  get byteLength(): number {
    return this.#byteLength;
  }

  /** @param emit given the messages of a batch that is too long to be kept, as they pass */
  add(part: Buffer, emit: Emit): void {
    // A head has no holes.
    const fitting = this.#isCut ? 0 : Math.min(part.length, HEAD_BYTES - this.#headBytes);
    this.#byteLength += part.length;
    if (fitting > 0) this.#keepHead(part, fitting);
    if (part.length > fitting || this.#isCut) {
      this.#inLong(emit).feed(part.subarray(fitting), emit);
    }
  }

  /** So many bytes are missing. */
  skip(byteLength: number, emit: Emit): void {
    this.#inLong(emit).skip(byteLength);
    this.#byteLength += byteLength;
    this.#isCut = true;
  }

  /** What was added since the last time, without what was emitted; valid until the next `add`. */
  take(): Kept {
    const long = this.#long;
    const isCut = this.#isCut;
    // What is missing of a batch was not emitted.
    const isEmitted = long instanceof Batch && !isCut;
    const byteLength = isEmitted ? 0 : this.#byteLength;
    const head = this.#head.subarray(0, long instanceof Batch ? 0 : this.#headBytes);
    this.#long = undefined;
    this.#headBytes = 0;
    this.#byteLength = 0;
    this.#isCut = false;
    const kept =
      long instanceof Outline ? { byteLength, head, outline: long.take() } : { byteLength, head };
    return isCut ? { ...kept, isCut } : kept;
  }

  #inLong(emit: Emit): Outline | Batch {
    if (!this.#long) {
      const head = this.#head.subarray(0, this.#headBytes);
      this.#long = this.#mayBeBatch && isBatch(head) ? new Batch() : new Outline();
      this.#long.feed(head, emit);
    }
    return this.#long;
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
}

/** A list of messages, taken apart while it passes. */
class Batch {
  readonly #structure = new Structure(1);
  /** Batches do not nest, and hostile ones must not. */
  readonly #message = new KeptText(false);
  #isOver = false;

  /** Where the next message begins cannot be known any more. */
  skip(_byteLength: number): void {
    this.#isOver = true;
  }

  feed(bytes: Buffer, emit: Emit): void {
    if (this.#isOver) return;
    let start = 0;
    this.#structure.feed(bytes, (byte, at, depth) => {
      if (depth !== 1 || this.#isOver) return;
      if (byte !== LIST_START) {
        this.#message.add(bytes.subarray(start, at), emit);
        const message = this.#message.take();
        if (message.byteLength > 0) emit(message);
        this.#isOver = byte !== COMMA;
      }
      start = at + 1;
    });
    if (!this.#isOver) this.#message.add(bytes.subarray(start), emit);
  }
}

function isBatch(head: Buffer): boolean {
  const first = head
    .subarray(0, MAX_PREFIX_BYTES)
    .find((byte) => byte === LIST_START || byte === OBJECT_START);
  return first === LIST_START;
}

/** The same in memory of its own, for who keeps it. */
export function copyOf<Some extends Kept>(kept: Some): Some {
  const copy = { ...kept, head: Buffer.from(kept.head) };
  return kept.outline ? { ...copy, outline: Buffer.from(kept.outline) } : copy;
}
