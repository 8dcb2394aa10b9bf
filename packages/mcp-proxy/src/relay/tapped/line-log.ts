/**
 * Lines that wait to be read, one behind the other in few large buffers: thousands of waiting objects
 * would be moved about by the garbage collector while the client waits for its next line.
 */
import type { Line } from "./line-framer.ts";

/** All that may wait; what comes last is forgotten when it does not fit. */
const MAX_BYTES = 8 * 1024 * 1024;
const BLOCK_BYTES = 128 * 1024;

/** Where the parts of a line stand in its block. */
const TIME = 0;
const BYTE_LENGTH = 8;
const HEAD_LENGTH = 16;
const OUTLINE_LENGTH = 20;
const TO_SERVER = 24;
const HEADER_BYTES = 25;

/** One buffer: written to the end, read from the start, and let go of when all is read. */
class Block {
  readonly #bytes = Buffer.allocUnsafeSlow(BLOCK_BYTES);
  readonly #fields = new DataView(this.#bytes.buffer);
  #read = 0;
  #written = 0;

  get isRead(): boolean {
    return this.#read === this.#written;
  }

  hasRoom(size: number): boolean {
    return this.#written + size <= BLOCK_BYTES;
  }

  write({ toServer, time, byteLength, head, outline }: Line): void {
    const fields = this.#fields;
    const at = this.#written;
    const start = at + HEADER_BYTES;
    const end = start + head.length;
    fields.setFloat64(at + TIME, time);
    fields.setFloat64(at + BYTE_LENGTH, byteLength);
    fields.setUint32(at + HEAD_LENGTH, head.length);
    fields.setUint32(at + OUTLINE_LENGTH, outline?.length ?? 0);
    fields.setUint8(at + TO_SERVER, toServer ? 1 : 0);
    this.#bytes.set(head, start);
    if (outline) this.#bytes.set(outline, end);
    this.#written = end + (outline?.length ?? 0);
  }

  read(): Line {
    const fields = this.#fields;
    const at = this.#read;
    const start = at + HEADER_BYTES;
    const end = start + fields.getUint32(at + HEAD_LENGTH);
    const outlineEnd = end + fields.getUint32(at + OUTLINE_LENGTH);
    this.#read = outlineEnd;
    const line = {
      toServer: fields.getUint8(at + TO_SERVER) === 1,
      time: fields.getFloat64(at + TIME),
      byteLength: fields.getFloat64(at + BYTE_LENGTH),
      head: this.#bytes.subarray(start, end),
    };
    return outlineEnd === end ? line : { ...line, outline: this.#bytes.subarray(end, outlineEnd) };
  }
}

export class LineLog {
  #blocks: Block[] = [];
  #bytes = 0;
  #forgotten = 0;

  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** Copies the line, or counts it when there is no room for it. */
  add(line: Line): void {
    const size = sizeOf(line);
    if (this.#bytes + size > MAX_BYTES) {
      this.#forgotten++;
      return;
    }
    let block = this.#blocks.at(-1);
    if (!block?.hasRoom(size)) {
      block = new Block();
      this.#blocks.push(block);
    }
    block.write(line);
    this.#bytes += size;
  }

  shift(): Line | undefined {
    const [block] = this.#blocks;
    if (!block) return undefined;
    const line = block.read();
    this.#bytes -= sizeOf(line);
    if (block.isRead) this.#blocks.shift();
    return line;
  }

  takeForgotten(): number {
    const count = this.#forgotten;
    this.#forgotten = 0;
    return count;
  }
}

function sizeOf({ head, outline }: Line): number {
  return HEADER_BYTES + head.length + (outline?.length ?? 0);
}
