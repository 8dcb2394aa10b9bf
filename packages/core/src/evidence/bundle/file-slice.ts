import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { EvidenceError } from "../error.ts";
import type { Slice, SliceReader } from "./slice.ts";

/** Never follows a link and never waits for the other end of a pipe. Both are 0 on Windows. */
const OPEN_FLAGS = constants.O_RDONLY | (constants.O_NOFOLLOW ?? 0) | (constants.O_NONBLOCK ?? 0);

/** Part of a file on the disk; opening it refuses links, folders, devices and pipes. */
export class FileSlice implements Slice {
  readonly #path: string;
  readonly #start: number;
  readonly byteLength: number;

  constructor(path: string, byteLength: number, start = 0) {
    this.#path = path;
    this.#start = start;
    this.byteLength = byteLength;
  }

  piece(start: number, byteLength: number): Slice {
    return new FileSlice(this.#path, byteLength, this.#start + start);
  }

  open(): SliceReader {
    const descriptor = openRegular(this.#path);
    const end = this.#start + this.byteLength;
    let position = this.#start;
    return {
      read: (target) => {
        const wanted = Math.min(target.length, end - position);
        const length = wanted > 0 ? readSync(descriptor, target, 0, wanted, position) : 0;
        position += length;
        return length;
      },
      close: () => closeSync(descriptor),
    };
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
