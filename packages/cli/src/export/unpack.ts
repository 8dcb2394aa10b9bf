import { closeSync, mkdirSync, openSync, statSync, writeSync } from "node:fs";
import { dirname, join } from "node:path";
import { FileSlice } from "@caum/core/collector";
import { listTar, type Slice } from "@caum/core/verify/rules";

const COPY_BYTES = 64 * 1024;

/**
 * Writes the files of a bundle's archive into a new folder.
 *
 * The archive is listed by the verifier's own reader, which refuses links, names that lead out of
 * the folder, and whatever programs would unpack differently; nothing is written before that.
 *
 * @throws {EvidenceError} when the archive is not one of a bundle
 */
export function unpackBundle(archive: string, folder: string): void {
  const files = listTar(new FileSlice(archive, statSync(archive).size));
  mkdirSync(folder, { mode: 0o700 });
  for (const [name, slice] of files) {
    const path = join(folder, name);
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    copySlice(slice, path);
  }
}

function copySlice(slice: Slice, path: string): void {
  const reader = slice.open();
  const file = openSync(path, "wx", 0o600);
  const part = Buffer.alloc(COPY_BYTES);
  for (let length = reader.read(part); length > 0; length = reader.read(part)) {
    writeSync(file, part, 0, length);
  }
  closeSync(file);
  reader.close();
}
