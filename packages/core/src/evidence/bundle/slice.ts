/** Bytes of a bundle, wherever they lie. */
import { EvidenceError } from "../error.ts";

/** A file of a bundle, or the whole of it. */
export interface Slice {
  readonly byteLength: number;
  /** The piece of this one that begins at `start`; both are within it. */
  piece(start: number, byteLength: number): Slice;
  /** Whoever opens it closes it. @throws {EvidenceError} when it cannot be read */
  open(): SliceReader;
}

/** Reads from front to back. */
export interface SliceReader {
  /** Fills as much of `target` as there is. @returns how many bytes; 0 at the end */
  read(target: Uint8Array): number;
  close(): void;
}

/** What lies in memory: what was unpacked, or a file that a browser read. */
export class MemorySlice implements Slice {
  readonly #bytes: Uint8Array;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  get byteLength(): number {
    return this.#bytes.length;
  }

  piece(start: number, byteLength: number): Slice {
    return new MemorySlice(this.#bytes.subarray(start, start + byteLength));
  }

  open(): SliceReader {
    let position = 0;
    return {
      read: (target) => {
        const part = this.#bytes.subarray(position, position + target.length);
        target.set(part);
        position += part.length;
        return part.length;
      },
      close: () => undefined,
    };
  }
}

/** Reads a whole slice. @throws {EvidenceError} when it is longer than `maxBytes` */
export function readSlice(slice: Slice, maxBytes: number): Uint8Array<ArrayBuffer> {
  if (slice.byteLength > maxBytes) {
    throw new EvidenceError("invalid_bundle", `longer than ${maxBytes} bytes`);
  }
  const reader = slice.open();
  try {
    const bytes = new Uint8Array(slice.byteLength);
    let filled = 0;
    for (let part = -1; part !== 0; filled += part) part = reader.read(bytes.subarray(filled));
    return bytes.subarray(0, filled);
  } finally {
    reader.close();
  }
}
