/**
 * Bytes that wait to be read, one behind the other in few large buffers: thousands of waiting objects
 * would be moved about by the garbage collector while the client waits for its next line.
 */

/** All that may wait. The ends of two long lines may come on top. */
const MAX_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 128 * 1024;
/** Blocks for one long line are used again: new memory costs more than copying into it. */
const SPARE_BLOCKS = 8;

/** Where the fields of a part stand in its block. */
const TIME = 0;
const BYTE_LENGTH = 8;
const FLAGS = 16;
const HEADER_BYTES = 17;

const TO_SERVER = 1;
const SKIPPED = 2;

const NONE = Buffer.alloc(0);

/** What passed in one direction, or that something did. */
export interface Part {
  readonly toServer: boolean;
  /** When it passed, in milliseconds since the epoch. */
  readonly time: number;
  readonly bytes: Buffer;
  /** How many bytes are missing here; 0 when there are bytes. */
  readonly skipped: number;
}

/** One buffer: written to the end, read from the start, and used again when all is read. */
class Block {
  readonly #bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly #fields = new DataView(this.#bytes.buffer);
  #read = 0;
  #written = 0;

  get isRead(): boolean {
    return this.#read === this.#written;
  }

  clear(): void {
    this.#read = 0;
    this.#written = 0;
  }

  /** How many bytes of a part fit in. */
  get room(): number {
    return BLOCK_BYTES - this.#written - HEADER_BYTES;
  }

  write({ toServer, time, bytes, skipped }: Part): void {
    const at = this.#written;
    this.#fields.setFloat64(at + TIME, time);
    this.#fields.setFloat64(at + BYTE_LENGTH, skipped || bytes.length);
    this.#fields.setUint8(at + FLAGS, (toServer ? TO_SERVER : 0) | (skipped > 0 ? SKIPPED : 0));
    bytes.copy(this.#bytes, at + HEADER_BYTES);
    this.#written = at + HEADER_BYTES + bytes.length;
  }

  read(): Part {
    const at = this.#read;
    const start = at + HEADER_BYTES;
    const flags = this.#fields.getUint8(at + FLAGS);
    const byteLength = this.#fields.getFloat64(at + BYTE_LENGTH);
    const isSkipped = (flags & SKIPPED) !== 0;
    this.#read = isSkipped ? start : start + byteLength;
    return {
      toServer: (flags & TO_SERVER) !== 0,
      time: this.#fields.getFloat64(at + TIME),
      bytes: isSkipped ? NONE : this.#bytes.subarray(start, this.#read),
      skipped: isSkipped ? byteLength : 0,
    };
  }
}

export class ByteLog {
  #blocks: Block[] = [];
  readonly #spare: Block[] = [];
  #bytes = 0;

  get isEmpty(): boolean {
    // Only the first one may be read to its end.
    return this.#blocks.length <= 1 && this.#blocks[0]?.isRead !== false;
  }

  get room(): number {
    return Math.max(0, MAX_BYTES - this.#bytes - HEADER_BYTES);
  }

  /** Copies the bytes. */
  keep(toServer: boolean, time: number, bytes: Buffer): void {
    for (let start = 0; start < bytes.length; ) {
      const block = this.#open();
      const end = Math.min(bytes.length, start + block.room);
      const piece = start === 0 && end === bytes.length ? bytes : bytes.subarray(start, end);
      block.write({ toServer, time, bytes: piece, skipped: 0 });
      this.#bytes += HEADER_BYTES + piece.length;
      start = end;
    }
  }

  skip(toServer: boolean, time: number, skipped: number): void {
    this.#open().write({ toServer, time, bytes: NONE, skipped });
    this.#bytes += HEADER_BYTES;
  }

  /** The oldest part; valid until the next one is asked for. */
  shift(): Part | undefined {
    if (this.#blocks[0]?.isRead) this.#recycle();
    const part = this.#blocks[0]?.read();
    if (part) this.#bytes -= HEADER_BYTES + part.bytes.length;
    return part;
  }

  #recycle(): void {
    const block = this.#blocks.shift();
    if (!block || this.#spare.length === SPARE_BLOCKS) return;
    block.clear();
    this.#spare.push(block);
  }

  #open(): Block {
    const last = this.#blocks.at(-1);
    if (last && last.room > 0) return last;
    const block = this.#spare.pop() ?? new Block();
    this.#blocks.push(block);
    return block;
  }
}
