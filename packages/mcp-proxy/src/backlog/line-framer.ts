/** Cuts one direction of a stream into lines without keeping more of long ones than is needed. */
import { HEAD_BYTES, type Kept, KeptText } from "./kept-text.ts";
import { LIST_START, OBJECT_START } from "./structure.ts";

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** Headers of a message that is told by its length instead: the framing of language servers. */
const HEADER = /^content-(length|type):\s*(\d*)/i;
const SMALL_C = 0x63;
const LOWER_CASE = 0x20;
const MAX_HEADER_BYTES = 256;

/** One line without its newline. */
export interface Line extends Kept {
  readonly toServer: boolean;
  /** When its last byte passed, in milliseconds since the epoch. */
  readonly time: number;
}

export class LineFramer {
  readonly #toServer: boolean;
  readonly #line = new KeptText();
  /** How long the message is that headers told of, and how much of it is to come. */
  #announced = 0;
  #owed = 0;

  constructor(toServer: boolean) {
    this.#toServer = toServer;
  }

  /** What is emitted is valid until the next bytes come: who keeps it copies it. */
  feed(chunk: Buffer, time: number, emit: (line: Line) => void): void {
    for (let start = 0; start < chunk.length; ) {
      start =
        this.#owed > 0
          ? this.#feedOwed(chunk, start, this.#emitting(time, emit))
          : this.#feedLine(chunk, start, time, emit);
    }
  }

  /** So many bytes of the line under way are missing. */
  skip(byteLength: number, time: number, emit: (line: Line) => void): void {
    const emitKept = this.#emitting(time, emit);
    this.#line.skip(byteLength, emitKept);
    if (this.#owed === 0) return;
    this.#owed = Math.max(0, this.#owed - byteLength);
    if (this.#owed === 0) emitKept(this.#line.take());
  }

  /** @returns where the next line begins */
  #feedLine(chunk: Buffer, start: number, time: number, emit: (line: Line) => void): number {
    const end = chunk.indexOf(NEWLINE, start);
    const part = start === 0 && end < 0 ? chunk : chunk.subarray(start, end < 0 ? undefined : end);
    if (end >= 0 && this.#line.byteLength === 0 && part.length <= HEAD_BYTES) {
      // Most lines are whole: what takes them costs less than what keeps them.
      const line = { toServer: this.#toServer, time, byteLength: part.length, head: part };
      if (this.#isMessage(part)) emit(line);
      return end + 1;
    }
    const emitKept = this.#emitting(time, emit);
    this.#line.add(part, emitKept);
    if (end < 0) return chunk.length;
    const kept = this.#line.take();
    if (this.#isMessage(kept.head)) emitKept(kept);
    return end + 1;
  }

  #emitting(time: number, emit: (line: Line) => void) {
    return (kept: Kept) => emit({ toServer: this.#toServer, time, ...kept });
  }

  /** A line that ended is a message, or belongs to the headers of one. */
  #isMessage(head: Buffer): boolean {
    if (this.#announced > 0 && (head.length === 0 || head[0] === CARRIAGE_RETURN)) {
      this.#owed = this.#announced;
      this.#announced = 0;
      return false;
    }
    if (this.#isHeader(head)) return false;
    this.#announced = 0;
    return true;
  }

  #isHeader(head: Buffer): boolean {
    if (((head[0] ?? 0) | LOWER_CASE) !== SMALL_C || head.length > MAX_HEADER_BYTES) return false;
    const [, name, length] = HEADER.exec(head.toString("latin1")) ?? [];
    if (name === undefined) return false;
    if (name.toLowerCase() === "length") this.#announced = Number(length);
    return true;
  }

  #feedOwed(chunk: Buffer, start: number, emit: (line: Kept) => void): number {
    const first = chunk[start];
    // Something that only looked like headers: a message begins otherwise.
    if (this.#line.byteLength === 0 && first !== OBJECT_START && first !== LIST_START) {
      this.#owed = 0;
      return start;
    }
    const end = Math.min(chunk.length, start + this.#owed);
    this.#owed -= end - start;
    this.#line.add(chunk.subarray(start, end), emit);
    if (this.#owed === 0) emit(this.#line.take());
    return end;
  }
}
