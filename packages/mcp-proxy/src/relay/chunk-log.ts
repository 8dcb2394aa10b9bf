/** Small chunks, copied one behind the other: what waits to be read is few objects, not thousands. */

/** In front of each chunk: its direction, its length, when it passed. */
const HEADER_BYTES = 16;
/** The most that Node reads at once. */
export const MAX_CHUNK_BYTES = 64 * 1024;
const SEGMENT_BYTES = HEADER_BYTES + MAX_CHUNK_BYTES;
const LENGTH_AT = 4;
const TIME_AT = 8;

interface Segment {
  readonly bytes: Buffer;
  /** Where the next chunk is written. */
  end: number;
}

/**
 * What is kept as it came is a buffer of its own, and one that survives a while is moved and freed
 * late; copying some hundred bytes costs less.
 */
export class ChunkLog {
  readonly #segments: Segment[] = [];
  /** Where the next chunk is read, in the first segment. */
  #start = 0;

  get isEmpty(): boolean {
    const [first] = this.#segments;
    return this.#segments.length < 2 && this.#start === (first?.end ?? 0);
  }

  /** Memory that is taken, full or not. */
  get byteLength(): number {
    return this.#segments.length * SEGMENT_BYTES;
  }

  /** @param bytes at most {@link MAX_CHUNK_BYTES} */
  push(toServer: boolean, bytes: Buffer, time: number): void {
    const segment = this.#withRoom(HEADER_BYTES + bytes.length);
    const at = segment.end;
    segment.bytes[at] = toServer ? 1 : 0;
    segment.bytes.writeUInt32LE(bytes.length, at + LENGTH_AT);
    segment.bytes.writeDoubleLE(time, at + TIME_AT);
    segment.bytes.set(bytes, at + HEADER_BYTES);
    segment.end = at + HEADER_BYTES + bytes.length;
  }

  /** Takes out the oldest chunk. Its bytes are never written again. */
  shift(visit: (toServer: boolean, bytes: Buffer, time: number) => void): void {
    const [segment] = this.#segments;
    if (!segment || this.isEmpty) return;
    const { bytes, end } = segment;
    const at = this.#start;
    const next = at + HEADER_BYTES + bytes.readUInt32LE(at + LENGTH_AT);
    this.#start = next;
    if (next === end && this.#segments.length > 1) {
      this.#segments.shift();
      this.#start = 0;
    }
    visit(
      bytes[at] === 1,
      bytes.subarray(at + HEADER_BYTES, next),
      bytes.readDoubleLE(at + TIME_AT),
    );
  }

  #withRoom(byteLength: number): Segment {
    const last = this.#segments.at(-1);
    if (last && last.end + byteLength <= SEGMENT_BYTES) return last;
    // A segment that is read already is of no use any more.
    if (this.isEmpty) {
      this.#segments.length = 0;
      this.#start = 0;
    }
    const segment = { bytes: Buffer.allocUnsafeSlow(SEGMENT_BYTES), end: 0 };
    this.#segments.push(segment);
    return segment;
  }
}
