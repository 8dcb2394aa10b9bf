/** What passed in bodies and was not looked at yet. */
import type { Backlog } from "../backlog/late-reader.ts";
import { endOfPiece } from "../backlog/piece.ts";

/** All that may wait. The ends of long bodies may come on top, and that exchanges are over. */
const MAX_BYTES = 8 * 1024 * 1024;
/** What a part costs besides its bytes. */
const OVERHEAD_BYTES = 256;
/** That an exchange is over has to be known even then. */
const MAX_BYTES_OF_ENDS = 9 * 1024 * 1024;
/** Parts that were read are cut off the array in steps. */
const COMPACT_AT = 1_024;

/** Finds the messages in one body, in the recorder's time. */
export interface BodyReader {
  read(bytes: Buffer, time: number): void;
  /** So many bytes are missing here. */
  skip(byteLength: number, time: number): void;
  end(time: number): void;
}

/** What is told that a body or an exchange is over, when all before it is read. */
export type Ended = Pick<BodyReader, "end">;

/** The bytes of a body, how many of them are missing, or its end. */
type Part = { readonly time: number } & (
  | { readonly reader: BodyReader; readonly bytes: Buffer }
  | { readonly reader: BodyReader; readonly skipped: number }
  | { readonly ended: Ended }
);

/** Where bodies are put, whatever is found in them. */
export type WaitingBodies = Pick<BodyQueue<unknown>, "room" | "keep" | "skip" | "end" | "forget">;

export class BodyQueue<Item> implements Backlog<Item> {
  readonly #onAdded: (isReply: boolean) => void;
  #parts: Part[] = [];
  #first = 0;
  /** How much of the first part is read. */
  #readBytes = 0;
  #bytes = 0;
  #forgotten = 0;
  #accept: (item: Item) => void = () => {};

  /** @param onAdded there is something to read */
  constructor(onAdded: (isReply: boolean) => void) {
    this.#onAdded = onAdded;
  }

  get isEmpty(): boolean {
    return this.#first === this.#parts.length;
  }

  get room(): number {
    return Math.max(0, MAX_BYTES - this.#bytes - OVERHEAD_BYTES);
  }

  /** @param bytes stay as they are */
  keep(reader: BodyReader, bytes: Buffer, time: number, isReply: boolean): void {
    this.#add({ time, reader, bytes }, bytes.length, isReply);
  }

  skip(reader: BodyReader, skipped: number, time: number, isReply: boolean): void {
    this.#add({ time, reader, skipped }, 0, isReply);
  }

  end(ended: Ended, time: number, isReply: boolean): void {
    if (this.#bytes < MAX_BYTES_OF_ENDS) this.#add({ time, ended }, 0, isReply);
    else this.forget();
  }

  forget(): void {
    this.#forgotten++;
  }

  /** Hands over what a reader found; only while it reads. */
  found(item: Item): void {
    this.#accept(item);
  }

  read(accept: (item: Item) => void): void {
    const part = this.#parts[this.#first];
    if (!part) return;
    this.#accept = accept;
    if (!("bytes" in part)) {
      this.#shift(0);
      if ("ended" in part) part.ended.end(part.time);
      else part.reader.skip(part.skipped, part.time);
      return;
    }
    const { bytes, reader, time } = part;
    const start = this.#readBytes;
    this.#readBytes = endOfPiece(bytes, start);
    const piece = bytes.subarray(start, this.#readBytes);
    if (this.#readBytes === bytes.length) this.#shift(bytes.length);
    reader.read(piece, time);
  }

  takeForgotten(): number {
    const count = this.#forgotten;
    this.#forgotten = 0;
    return count;
  }

  forgetRest(): void {
    for (const part of this.#parts.slice(this.#first)) if ("ended" in part) this.#forgotten++;
    this.#parts = [];
    this.#first = 0;
    this.#readBytes = 0;
    this.#bytes = 0;
  }

  #add(part: Part, byteLength: number, isReply: boolean): void {
    this.#parts.push(part);
    this.#bytes += byteLength + OVERHEAD_BYTES;
    this.#onAdded(isReply);
  }

  #shift(byteLength: number): void {
    this.#first++;
    this.#readBytes = 0;
    this.#bytes -= byteLength + OVERHEAD_BYTES;
    if (this.#first < COMPACT_AT && !this.isEmpty) return;
    this.#parts = this.#parts.slice(this.#first);
    this.#first = 0;
  }
}
