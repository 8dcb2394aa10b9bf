import {
  closeSync,
  mkdirSync,
  openSync,
  readFileSync,
  statSync,
  writeFileSync,
  writeSync,
} from "node:fs";
import { join } from "node:path";
import { EvidenceError } from "../error.ts";
import { parseCheckpoint } from "../note/checkpoint.ts";
import { parseNote } from "../note/note.ts";
import { type Fork, formatFork } from "../rules/side-lines.ts";
import { FileSlice } from "./file-slice.ts";
import { paddedLength } from "./list-tar.ts";
import {
  CHECKPOINT_FOLDER,
  FORKS_FILE,
  MANIFEST_FILE,
  RECEIPT_FOLDER,
  RECORDS_FILE,
  VERIFIER_FILE,
} from "./parts.ts";
import type { Slice } from "./slice.ts";
import { tarEnd, tarHeader } from "./tar.ts";

const FOLDER_MODE = 0o700;
const FILE_MODE = 0o600;
const WRITE_AT_CHARACTERS = 1_048_576;
const COPY_BYTES = 65_536;
/** The second verifier, which travels in every bundle; from this file, in `src` and in `dist`. */
const VERIFIER = "../../../assets/verify.py";

/** What goes into a bundle. */
export interface BundleContent {
  /** Signed checkpoints, each as text. */
  readonly notes: readonly string[];
  /** Canonical lines or tombstones in acceptance order, without newlines. */
  readonly lines: Iterable<string>;
  /** Receipts (JSON text) by the index of their record. */
  readonly receipts?: ReadonlyMap<number, string>;
  readonly forks?: Iterable<Fork>;
}

/**
 * Writes a bundle as a new folder.
 *
 * @returns the names of its files, in the order an archive holds them
 * @throws when the folder exists, or cannot be written
 */
export function writeBundle(folder: string, content: BundleContent): readonly string[] {
  mkdirSync(folder, { mode: FOLDER_MODE });
  const names: string[] = [];
  const write = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { flag: "wx", mode: FILE_MODE });
    names.push(name);
  };
  mkdirSync(join(folder, CHECKPOINT_FOLDER), { mode: FOLDER_MODE });
  for (const [index, note] of content.notes.entries()) {
    const { size } = parseCheckpoint(parseNote(Buffer.from(note)).text);
    write(`${CHECKPOINT_FOLDER}/${size}-${index}.note`, note);
  }
  const records = writeLines(join(folder, RECORDS_FILE), content.lines);
  names.push(RECORDS_FILE);
  if (content.receipts && content.receipts.size > 0) {
    mkdirSync(join(folder, RECEIPT_FOLDER), { mode: FOLDER_MODE });
    for (const [index, text] of content.receipts) write(`${RECEIPT_FOLDER}/${index}.json`, text);
  }
  if (content.forks) {
    writeLines(join(folder, FORKS_FILE), Array.from(content.forks, formatFork));
    names.push(FORKS_FILE);
  }
  const manifest = { format: "caum-bundle/1", records, checkpoints: content.notes.length };
  write(MANIFEST_FILE, `${JSON.stringify(manifest, undefined, 2)}\n`);
  write(VERIFIER_FILE, readVerifier());
  return names;
}

/** The second verifier as text. */
export function readVerifier(): string {
  return readFileSync(new URL(VERIFIER, import.meta.url), "utf8");
}

/** @returns how many lines there were */
function writeLines(path: string, lines: Iterable<string>): number {
  const descriptor = openSync(path, "wx", FILE_MODE);
  let count = 0;
  let waiting = "";
  try {
    for (const line of lines) {
      count += 1;
      waiting += `${line}\n`;
      if (waiting.length < WRITE_AT_CHARACTERS) continue;
      writeSync(descriptor, waiting);
      waiting = "";
    }
    writeSync(descriptor, waiting);
  } finally {
    closeSync(descriptor);
  }
  return count;
}

/**
 * Packs a bundle folder into a tar archive.
 *
 * @param names what {@link writeBundle} answered
 * @throws when the archive exists, or cannot be written
 */
export function packBundle(folder: string, names: readonly string[], archive: string): void {
  const descriptor = openSync(archive, "wx", FILE_MODE);
  try {
    for (const part of bundleTar(folder, names)) writeSync(descriptor, part);
  } finally {
    closeSync(descriptor);
  }
}

/** The bytes of the archive, in parts of at most 64 KiB. */
export function* bundleTar(folder: string, names: readonly string[]): Generator<Buffer> {
  for (const name of names) {
    const path = join(folder, name);
    const byteLength = statSync(path).size;
    yield tarHeader(name, byteLength);
    yield* partsOf(new FileSlice(path, byteLength));
    yield Buffer.alloc(paddedLength(byteLength) - byteLength);
  }
  yield tarEnd();
}

function* partsOf(slice: Slice): Generator<Buffer> {
  const reader = slice.open();
  let rest = slice.byteLength;
  try {
    while (rest > 0) {
      const part = Buffer.alloc(Math.min(rest, COPY_BYTES));
      const length = reader.read(part);
      if (length === 0) throw new EvidenceError("invalid_bundle", "a file of it became shorter");
      rest -= length;
      yield part.subarray(0, length);
    }
  } finally {
    reader.close();
  }
}
