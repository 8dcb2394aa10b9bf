import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { inflateRawSync } from "node:zlib";
import { EvidenceError } from "../error.ts";
import { refused } from "./entry-name.ts";
import { FileSlice } from "./file-slice.ts";
import { listTar } from "./list-tar.ts";
import {
  archiveKind,
  checkTotal,
  checkUnpacked,
  listZip,
  MAX_UNPACKED_BYTES,
  type Packed,
  readGzip,
} from "./packed.ts";
import {
  type Bundle,
  CHECKPOINT_FOLDER,
  FORKS_FILE,
  isPart,
  LOG_FOLDER,
  partsOf,
  RECEIPT_FOLDER,
  RECORDS_FILE,
  TIME_STAMP_FOLDER,
  withoutFolder,
} from "./parts.ts";
import { MemorySlice, readSlice, type Slice } from "./slice.ts";

const KIND_BYTES = 4;

/**
 * Finds the parts of a bundle in a folder or an archive. A tar archive is read where it lies; what
 * is compressed is unpacked in memory.
 *
 * @throws {EvidenceError} saying why it is no bundle; the path itself must exist
 */
export function openBundle(path: string): Bundle<Slice> {
  const whole = realpathSync(path);
  const status = statSync(whole);
  if (status.isDirectory()) return partsOf(listFolder(whole));
  if (!status.isFile()) throw refused("it is neither a folder nor an archive of one");
  return partsOf(withoutFolder(filesIn(new FileSlice(whole, status.size))));
}

function filesIn(archive: Slice): ReadonlyMap<string, Slice> {
  const start = archive.piece(0, Math.min(KIND_BYTES, archive.byteLength));
  const kind = archiveKind(readSlice(start, KIND_BYTES));
  if (kind === "tar") return listTar(archive);
  const bytes = readSlice(archive, MAX_UNPACKED_BYTES);
  if (kind === "gzip") return listTar(new MemorySlice(unpacked(readGzip(bytes))));
  return unpackedParts(withoutFolder(listZip(bytes)));
}

function unpackedParts(files: ReadonlyMap<string, Packed>): ReadonlyMap<string, Slice> {
  const parts = [...files].filter(([name]) => isPart(name));
  checkTotal(parts.map(([, packed]) => packed));
  return new Map(parts.map(([name, packed]) => [name, new MemorySlice(unpacked(packed))]));
}

function unpacked(packed: Packed): Uint8Array<ArrayBuffer> {
  return checkUnpacked(packed, packed.isDeflated ? inflated(packed) : packed.bytes);
}

/** What Node answers when it is asked for more than the bytes; its types do not say so. */
interface Inflated {
  readonly buffer: Buffer<ArrayBuffer>;
  /** Says how many bytes were read. */
  readonly engine: { readonly bytesWritten: number };
}

/** @returns undefined when it cannot be inflated, is longer than it says, or has bytes left over */
function inflated({ bytes, byteLength }: Packed): Uint8Array<ArrayBuffer> | undefined {
  try {
    const options = { info: true, maxOutputLength: byteLength + 1 };
    const { buffer, engine } = inflateRawSync(bytes, options) as unknown as Inflated; // as above
    return engine.bytesWritten === bytes.length ? new Uint8Array(buffer) : undefined;
  } catch {
    return undefined;
  }
}

function listFolder(folder: string): Map<string, Slice> {
  const files = new Map<string, Slice>();
  const add = (name: string) => {
    const path = join(folder, name);
    const status = lstatSync(path);
    if (!status.isFile()) throw new EvidenceError("invalid_bundle", `${name} is no ordinary file`);
    files.set(name, new FileSlice(path, status.size));
  };
  for (const name of namesIn(folder)) {
    if (name === RECORDS_FILE || name === FORKS_FILE) add(name);
  }
  for (const inner of [CHECKPOINT_FOLDER, RECEIPT_FOLDER, TIME_STAMP_FOLDER, LOG_FOLDER]) {
    for (const name of namesIn(join(folder, inner))) {
      if (isPart(`${inner}/${name}`)) add(`${inner}/${name}`);
    }
  }
  return files;
}

function namesIn(folder: string): string[] {
  const status = lstatSync(folder, { throwIfNoEntry: false });
  if (status === undefined) return [];
  if (!status.isDirectory()) throw new EvidenceError("invalid_bundle", "a folder in it is a link");
  return readdirSync(folder);
}
