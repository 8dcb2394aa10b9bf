/** What a ZIP archive holds, entry by entry; no more than one is in memory. */
import { closeSync, openSync, readSync } from "node:fs";
// As a whole: a Node that lacks one of its functions must load this file all the same.
import zlib from "node:zlib";

/** An entry is one JSON value: the same bound as for a file of one. */
const LARGEST_ENTRY = 64 * 1_048_576;
const LARGEST_DIRECTORY = 32 * 1_048_576;
/** The end of the directory, with the longest comment that may follow it. */
const LONGEST_END = 22 + 65_535;
const END = 0x06054b50;
const ENTRY = 0x02014b50;
/** How entries are packed. */
const STORED = 0;
const DEFLATED = 8;
const ZSTD = 93;

/** One entry of the directory. */
export interface ZipEntry {
  readonly name: string;
  readonly method: number;
  readonly packedBytes: number;
  /** Where its own header begins. */
  readonly at: number;
}

/** An archive that is open for reading; to be closed. */
export class ZipFile {
  readonly entries: readonly ZipEntry[];
  readonly #file: number;

  /** @throws {RangeError} when it is no archive, or is cut off */
  constructor(path: string, bytes: number) {
    this.#file = openSync(path, "r");
    try {
      this.entries = entriesIn(directoryOf(this.#file, bytes));
    } catch (error) {
      closeSync(this.#file);
      throw error;
    }
  }

  /** @throws {Error} when the entry is damaged, packed in an unknown way, or too large */
  textOf({ method, packedBytes, at }: ZipEntry): string {
    if (packedBytes > LARGEST_ENTRY) throw new RangeError("too large");
    const header = readAt(this.#file, at, 30);
    const start = at + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
    return unpacked(readAt(this.#file, start, packedBytes), method).toString("utf8");
  }

  close(): void {
    closeSync(this.#file);
  }
}

function unpacked(packed: Buffer, method: number): Buffer {
  const bound = { maxOutputLength: LARGEST_ENTRY };
  switch (method) {
    case STORED:
      return packed;
    case DEFLATED:
      return zlib.inflateRawSync(packed, bound);
    case ZSTD:
      // Part of Node from 22.15 on.
      if (typeof zlib.zstdDecompressSync === "function") {
        return zlib.zstdDecompressSync(packed, bound);
      }
      throw new RangeError("packed with zstd, which this Node does not know");
    default:
      throw new RangeError("packed in an unknown way");
  }
}

function directoryOf(file: number, bytes: number): Buffer {
  const from = Math.max(0, bytes - LONGEST_END);
  const tail = readAt(file, from, bytes - from);
  for (let at = tail.length - 22; at >= 0; at -= 1) {
    if (tail.readUInt32LE(at) !== END) continue;
    const length = tail.readUInt32LE(at + 12);
    if (length > LARGEST_DIRECTORY) break;
    return readAt(file, tail.readUInt32LE(at + 16), length);
  }
  throw new RangeError("no directory of an archive");
}

function entriesIn(directory: Buffer): readonly ZipEntry[] {
  const entries: ZipEntry[] = [];
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === ENTRY; ) {
    const nameBytes = directory.readUInt16LE(at + 28);
    entries.push({
      name: directory.toString("utf8", at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      at: directory.readUInt32LE(at + 42),
    });
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
  return entries;
}

function readAt(file: number, at: number, bytes: number): Buffer {
  const read = Buffer.alloc(bytes);
  if (readSync(file, read, 0, bytes, at) < bytes) throw new RangeError("cut off");
  return read;
}
