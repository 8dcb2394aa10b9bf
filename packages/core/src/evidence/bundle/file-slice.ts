import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { EvidenceError } from "../error.ts";

/** Never follows a link and never waits for the other end of a pipe. Both are 0 on Windows. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Part of a file that holds one file of a bundle. */
export interface FileSlice {
  readonly path: string;
  readonly start: number;
  readonly byteLength: number;
}

/**
 * Reads a slice from front to back.
 *
 * Whoever opens it closes it. Opening refuses links, folders, devices and pipes.
 */
export class SliceReader {
  readonly #descriptor: number;
  #position: number;
  readonly #end: number;

  /** @throws {EvidenceError} when the path is no ordinary file */
  constructor(slice: FileSlice) {
    this.#descriptor = openRegular(slice.path);
    this.#position = slice.start;
    this.#end = slice.start + slice.byteLength;
  }

  /** Fills as much of `target` as there is. @returns how many bytes; 0 at the end */
  read(target: Uint8Array): number {
    const wanted = Math.min(target.length, this.#end - this.#position);
    const length = wanted > 0 ? readSync(this.#descriptor, target, 0, wanted, this.#position) : 0;
    this.#position += length;
    return length;
  }

  close(): void {
    closeSync(this.#descriptor);
  }
}

/** Reads a whole slice. @throws {EvidenceError} when it is longer than `maxBytes` */
export function readSlice(slice: FileSlice, maxBytes: number): Buffer {
  if (slice.byteLength > maxBytes) {
    throw new EvidenceError("invalid_bundle", `longer than ${maxBytes} bytes`);
  }
  const reader = new SliceReader(slice);
  try {
    const bytes = Buffer.alloc(slice.byteLength);
    let filled = 0;
    for (let part = -1; part !== 0; filled += part) part = reader.read(bytes.subarray(filled));
    return bytes.subarray(0, filled);
  } finally {
    reader.close();
  }
}

function openRegular(path: string): number {
  let descriptor: number;
  try {
    descriptor = openSync(path, OPEN_FLAGS);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "unknown";
    const why = code === "ELOOP" ? "it is a link" : `it cannot be read (${code})`;
    throw new EvidenceError("invalid_bundle", why);
  }
  if (fstatSync(descriptor).isFile()) return descriptor;
  closeSync(descriptor);
  throw new EvidenceError("invalid_bundle", "it is not an ordinary file");
}
