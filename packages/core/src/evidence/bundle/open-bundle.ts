import { lstatSync, readdirSync, realpathSync, statSync } from "node:fs";
import { join } from "node:path";
import { EvidenceError } from "../error.ts";
import type { FileSlice } from "./file-slice.ts";
import { listTar } from "./tar.ts";

export const RECORDS_FILE = "records.ndjson";
export const FORKS_FILE = "forks.ndjson";
export const MANIFEST_FILE = "manifest.json";
export const VERIFIER_FILE = "verify.py";
export const CHECKPOINT_FOLDER = "checkpoints";
export const RECEIPT_FOLDER = "receipts";

/** More signed heads or receipts than this are not read. */
const MAX_NOTES = 1_024;
const MAX_RECEIPTS = 4_096;

const NOTE = /^checkpoints\/[A-Za-z0-9._-]{1,100}\.note$/;
const RECEIPT = /^receipts\/(0|[1-9]\d{0,15})\.(?:json|tlog-proof)$/;

/** The files of a bundle that matter, wherever they lie; nothing is unpacked. */
export interface Bundle {
  readonly records: FileSlice;
  readonly forks: FileSlice | undefined;
  /** Signed checkpoints by file name, in the order of the names. */
  readonly notes: ReadonlyMap<string, FileSlice>;
  /** Receipts in the order of the index in their name. */
  readonly receipts: readonly ReceiptFile[];
}

export interface ReceiptFile {
  readonly name: string;
  readonly index: number;
  readonly slice: FileSlice;
}

/**
 * Finds the parts of a bundle in a folder or a tar archive. Files it does not know are ignored.
 *
 * @throws {EvidenceError} saying why it is no bundle; the path itself must exist
 */
export function openBundle(path: string): Bundle {
  const whole = realpathSync(path);
  const status = statSync(whole);
  if (!status.isDirectory() && !status.isFile()) {
    throw new EvidenceError("invalid_bundle", "it is neither a folder nor a tar archive");
  }
  const files = status.isDirectory() ? listFolder(whole) : listTar(whole, status.size);
  const records = files.get(RECORDS_FILE);
  if (records === undefined) {
    throw new EvidenceError("invalid_bundle", `it holds no ${RECORDS_FILE} at its top`);
  }
  const names = [...files.keys()].sort();
  const notes = names.filter((name) => NOTE.test(name));
  const receipts = names.flatMap((name) => receiptFile(name, files));
  if (notes.length > MAX_NOTES || receipts.length > MAX_RECEIPTS) {
    const most = `${MAX_NOTES} checkpoints and ${MAX_RECEIPTS} receipts`;
    throw new EvidenceError("invalid_bundle", `it holds more than ${most}`);
  }
  return {
    records,
    forks: files.get(FORKS_FILE),
    notes: new Map(notes.flatMap((name) => pair(name, files.get(name)))),
    receipts: receipts.sort((a, b) => a.index - b.index),
  };
}

function receiptFile(name: string, files: ReadonlyMap<string, FileSlice>): ReceiptFile[] {
  const index = RECEIPT.exec(name)?.[1];
  const slice = files.get(name);
  return index && slice ? [{ name, index: Number(index), slice }] : [];
}

function pair(name: string, slice: FileSlice | undefined): [string, FileSlice][] {
  return slice ? [[name, slice]] : [];
}

function listFolder(folder: string): Map<string, FileSlice> {
  const files = new Map<string, FileSlice>();
  const add = (name: string) => {
    const path = join(folder, name);
    const status = lstatSync(path);
    if (!status.isFile()) throw new EvidenceError("invalid_bundle", `${name} is no ordinary file`);
    files.set(name, { path, start: 0, byteLength: status.size });
  };
  for (const name of namesIn(folder)) {
    if (name === RECORDS_FILE || name === FORKS_FILE) add(name);
  }
  for (const inner of [CHECKPOINT_FOLDER, RECEIPT_FOLDER]) {
    for (const name of namesIn(join(folder, inner))) {
      if (NOTE.test(`${inner}/${name}`) || RECEIPT.test(`${inner}/${name}`))
        add(`${inner}/${name}`);
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
