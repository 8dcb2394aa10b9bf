import { EvidenceError } from "../error.ts";

export const RECORDS_FILE = "records.ndjson";
export const FORKS_FILE = "forks.ndjson";
export const MANIFEST_FILE = "manifest.json";
export const VERIFIER_FILE = "verify.py";
export const CHECKPOINT_FOLDER = "checkpoints";
export const RECEIPT_FOLDER = "receipts";
export const TIME_STAMP_FOLDER = "timestamps";
export const LOG_FOLDER = "log";

/** More signed heads, time-stamps or receipts than this are not read. */
const MAX_NOTES = 1_024;
const MAX_TIME_STAMPS = 1_024;
const MAX_RECEIPTS = 4_096;
const MAX_LOG_PROOFS = 1_024;

const NOTE = /^checkpoints\/[A-Za-z0-9._-]{1,100}\.note$/;
const TIME_STAMP = /^timestamps\/[A-Za-z0-9._-]{1,100}\.tsr$/;
const RECEIPT = /^receipts\/(0|[1-9]\d{0,15})\.(?:json|tlog-proof)$/;

const LOG_PROOF = /^log\/(0|[1-9]\d{0,15})(?:-\d{1,3})?\.tlog-proof$/;

/** Whether a file of a bundle is looked at; all others are left alone. */
export function isPart(name: string): boolean {
  if (name === RECORDS_FILE || name === FORKS_FILE) return true;
  return [NOTE, RECEIPT, TIME_STAMP, LOG_PROOF].some((pattern) => pattern.test(name));
}

/** The files of a bundle that matter; nothing is unpacked on the disk. */
export interface Bundle<T> {
  readonly records: T;
  readonly forks: T | undefined;
  /** Signed checkpoints by file name, in the order of the names. */
  readonly notes: ReadonlyMap<string, T>;
  /** Receipts in the order of the index in their name. */
  readonly receipts: readonly ReceiptFile<T>[];
  /** Replies of time-stamp authorities by file name, in the order of the names. */
  readonly timeStamps: ReadonlyMap<string, T>;
  /** Proofs that heads are in the log of their collector, in the order of the size in their name. */
  readonly logProofs: readonly LogProofFile<T>[];
}

export interface LogProofFile<T> {
  readonly name: string;
  /** How many records the head is over that it is for. */
  readonly size: number;
  readonly file: T;
}

export interface ReceiptFile<T> {
  readonly name: string;
  readonly index: number;
  readonly file: T;
}

/**
 * The files of an archive as they are named in the bundle: where it packs one folder that holds the
 * bundle, and not the bundle's files themselves, names begin in there.
 */
export function withoutFolder<T>(files: ReadonlyMap<string, T>): ReadonlyMap<string, T> {
  if (files.has(RECORDS_FILE)) return files;
  const folders = [...files.keys()].filter((name) => /^[^/]+\/records\.ndjson$/.test(name));
  const [records = "", ...more] = folders;
  if (records === "" || more.length > 0) return files;
  const start = records.slice(0, -RECORDS_FILE.length);
  const inner = [...files].filter(([name]) => name.startsWith(start));
  return new Map(inner.map(([name, file]) => [name.slice(start.length), file]));
}

/**
 * Finds the parts of a bundle among its files. Files it does not know are ignored.
 *
 * @throws {EvidenceError} saying why it is no bundle
 */
export function partsOf<T>(files: ReadonlyMap<string, T>): Bundle<T> {
  const records = files.get(RECORDS_FILE);
  if (records === undefined) {
    throw new EvidenceError("invalid_bundle", `it holds no ${RECORDS_FILE} at its top`);
  }
  // By code unit, which is one order on every machine.
  const sorted = [...files].sort(([a], [b]) => (a < b ? -1 : 1));
  const notes = sorted.filter(([name]) => NOTE.test(name));
  const receipts = sorted.flatMap(([name, file]): ReceiptFile<T>[] => {
    const index = RECEIPT.exec(name)?.[1];
    return index === undefined ? [] : [{ name, index: Number(index), file }];
  });
  const timeStamps = sorted.filter(([name]) => TIME_STAMP.test(name));
  const logProofs = sorted.flatMap(([name, file]): LogProofFile<T>[] => {
    const size = LOG_PROOF.exec(name)?.[1];
    return size === undefined ? [] : [{ name, size: Number(size), file }];
  });
  const isTooMany =
    notes.length > MAX_NOTES ||
    timeStamps.length > MAX_TIME_STAMPS ||
    receipts.length > MAX_RECEIPTS ||
    logProofs.length > MAX_LOG_PROOFS;
  if (isTooMany) {
    const most = `${MAX_NOTES} checkpoints, time-stamps or proofs of a log, or ${MAX_RECEIPTS} receipts`;
    throw new EvidenceError("invalid_bundle", `it holds more than ${most}`);
  }
  return {
    records,
    forks: files.get(FORKS_FILE),
    notes: new Map(notes),
    receipts: receipts.sort((a, b) => a.index - b.index),
    timeStamps: new Map(timeStamps),
    logProofs: logProofs.sort((a, b) => a.size - b.size),
  };
}
