/** What is compressed in an archive (RFC 1952, PKWARE APPNOTE): where it lies and what it must give. */
import { toLatin1 } from "../rules/bytes.ts";
import { Listing, MAX_ENTRIES, refused, safeName } from "./entry-name.ts";

/** More than this is not unpacked in memory: unpack it first, and verify the folder. */
export const MAX_UNPACKED_BYTES = 268_435_456;

/** Bytes as an archive holds them. */
export interface Packed {
  /** As deflate (RFC 1951) left them, or as they are. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly isDeflated: boolean;
  /** CRC-32 and length of what they were. */
  readonly crc: number;
  readonly byteLength: number;
}

/** Which kind of archive it is, by its first bytes; tar when by none of them. */
export function archiveKind(start: Uint8Array): "gzip" | "zip" | "tar" {
  if (start[0] === 0x1f && start[1] === 0x8b) return "gzip";
  return toLatin1(start.subarray(0, 4)) === "PK\x03\x04" ? "zip" : "tar";
}

const GZIP_HEADER_BYTES = 10;
const GZIP_END_BYTES = 8;
/** Flags of a gzip header: its CRC, an extra field, a name, a comment. */
const FLAG = { crc: 2, extra: 4, name: 8, comment: 16 } as const;

/** @throws {EvidenceError} when it is not one gzip member */
export function readGzip(bytes: Uint8Array<ArrayBuffer>): Packed {
  const [, , method, flags = 0] = bytes;
  if (method !== 8 || flags > 31) throw refused("it is compressed in an unknown way");
  let start = GZIP_HEADER_BYTES;
  if (flags & FLAG.extra) start += 2 + (bytes[start] ?? 0) + 256 * (bytes[start + 1] ?? 0);
  for (const flag of [FLAG.name, FLAG.comment]) {
    if ((flags & flag) === 0) continue;
    const end = bytes.indexOf(0, start);
    if (end === -1) throw refused("it is cut short");
    start = end + 1;
  }
  if (flags & FLAG.crc) start += 2;
  const end = bytes.length - GZIP_END_BYTES;
  if (start > end) throw refused("it is cut short");
  const view = viewOf(bytes);
  return checkedLength({
    bytes: bytes.subarray(start, end),
    isDeflated: true,
    crc: view.getUint32(end, true),
    byteLength: view.getUint32(end + 4, true),
  });
}

const ZIP_END = 0x06054b50;
const ZIP_END_BYTES = 22;
const ZIP_ENTRY = 0x02014b50;
const ZIP_ENTRY_BYTES = 46;
const ZIP_FILE = 0x04034b50;
const ZIP_FILE_BYTES = 30;
/** What may follow the bytes of a file whose sizes were not known before: with or without a mark. */
const ZIP_DESCRIPTOR_BYTES = [12, 16];
const STORED = 0;
const DEFLATED = 8;
/** Kinds of files, as Unix writes them into the upper half of the attributes. */
const KIND = 0o170000;
const ORDINARY = 0o100000;
const FOLDER = 0o040000;

interface ZipEntry extends Packed {
  readonly name: string;
  readonly kind: number;
  /** Where its own header begins, and where what belongs to it ends. */
  readonly start: number;
  readonly ends: readonly number[];
}

/**
 * The files of a zip archive.
 *
 * Its list at the end is followed. Programs that read it from the front must find the same, so
 * nothing may lie between the files, and each has the same name in both places.
 *
 * @throws {EvidenceError} when it is none, or holds a link, a name that leads out, or a name twice
 */
export function listZip(bytes: Uint8Array<ArrayBuffer>): Map<string, Packed> {
  const view = viewOf(bytes);
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  const listAt = view.getUint32(end + 16, true);
  const isWhole =
    view.getUint32(end + 4, true) === 0 &&
    view.getUint16(end + 8, true) === count &&
    listAt + view.getUint32(end + 12, true) === end;
  if (!isWhole) throw refused("it is a zip archive of several parts, or longer than 4 GiB");
  const entries: ZipEntry[] = [];
  let at = listAt;
  while (at < end) {
    if (entries.length >= MAX_ENTRIES) throw refused("it holds more than 100,000 entries");
    const [entry, next] = readEntry(bytes, at, end);
    entries.push(entry);
    at = next;
  }
  if (entries.length !== count) throw refused("it is cut short");
  checkGaps(entries, listAt);
  return placed(entries);
}

function placed(entries: readonly ZipEntry[]): Map<string, Packed> {
  const listing = new Listing<Packed>();
  for (const { name: written, kind, ...packed } of entries) {
    const name = safeName(written);
    if (written.endsWith("/") && packed.byteLength === 0 && (kind === 0 || kind === FOLDER)) {
      listing.addFolder(name);
    } else if (written.endsWith("/") || name === "" || (kind !== 0 && kind !== ORDINARY)) {
      throw refused("it holds a link or something else that is no file");
    } else {
      listing.add(name, packed);
    }
  }
  return listing.files;
}

/** Where the record at the end begins; its comment has to fill the rest. */
function endOf(view: DataView): number {
  const last = view.byteLength - ZIP_END_BYTES;
  for (let at = last; at >= Math.max(0, last - 0xffff); at -= 1) {
    if (view.getUint32(at, true) === ZIP_END && view.getUint16(at + 20, true) === last - at) {
      return at;
    }
  }
  throw refused("it is cut short");
}

function readEntry(bytes: Uint8Array<ArrayBuffer>, at: number, end: number): [ZipEntry, number] {
  const view = viewOf(bytes);
  if (at + ZIP_ENTRY_BYTES > end || view.getUint32(at, true) !== ZIP_ENTRY) {
    throw refused("it is cut short");
  }
  const [flags, method] = [view.getUint16(at + 8, true), view.getUint16(at + 10, true)];
  const packedLength = view.getUint32(at + 20, true);
  const nameLength = view.getUint16(at + 28, true);
  const next =
    at +
    ZIP_ENTRY_BYTES +
    nameLength +
    view.getUint16(at + 30, true) +
    view.getUint16(at + 32, true);
  const start = view.getUint32(at + 42, true);
  if (next > end || start + ZIP_FILE_BYTES > end) throw refused("it is cut short");
  const isKnown = (flags & 1) === 0 && (method === STORED || method === DEFLATED);
  if (!isKnown) throw refused("it is encrypted or compressed in an unknown way");
  const name = nameAt(bytes, at + ZIP_ENTRY_BYTES, nameLength);
  const isSame =
    view.getUint32(start, true) === ZIP_FILE &&
    view.getUint16(start + 6, true) === flags &&
    view.getUint16(start + 8, true) === method &&
    nameAt(bytes, start + ZIP_FILE_BYTES, view.getUint16(start + 26, true)) === name;
  if (!isSame) throw refused("its list names another file than lies there");
  const dataAt = start + ZIP_FILE_BYTES + nameLength + view.getUint16(start + 28, true);
  const dataEnd = dataAt + packedLength;
  if (dataEnd > end) throw refused("it is cut short");
  const packed = checkedLength({
    bytes: bytes.subarray(dataAt, dataEnd),
    isDeflated: method === DEFLATED,
    crc: view.getUint32(at + 16, true),
    byteLength: view.getUint32(at + 24, true),
  });
  const isFromUnix = bytes[at + 5] === 3;
  const kind = isFromUnix ? view.getUint16(at + 40, true) & KIND : 0;
  const isOpen = (flags & 8) !== 0;
  const ends = isOpen ? ZIP_DESCRIPTOR_BYTES.map((length) => dataEnd + length) : [dataEnd];
  return [{ ...packed, name, kind, start, ends }, next];
}

/** Every file begins where the one before it ends, and the list where the last one does. */
function checkGaps(entries: readonly ZipEntry[], listAt: number): void {
  const inOrder = entries.toSorted((a, b) => a.start - b.start);
  let ends: readonly number[] = [0];
  for (const entry of inOrder) {
    if (!ends.includes(entry.start)) throw refused("bytes lie between its files");
    ends = entry.ends;
  }
  if (!ends.includes(listAt)) throw refused("bytes lie between its files");
}

function checkedLength(packed: Packed): Packed {
  checkTotal([packed]);
  return packed;
}

/** @throws {EvidenceError} when it is more than may be unpacked in memory */
export function checkTotal(files: readonly Packed[]): void {
  if (files.reduce((sum, { byteLength }) => sum + byteLength, 0) <= MAX_UNPACKED_BYTES) return;
  throw refused("it is too long to be unpacked in memory: unpack it, then verify the folder");
}

/**
 * What was packed, once it is unpacked.
 *
 * @param bytes undefined when inflating failed, gave more than was said, or left bytes over
 * @throws {EvidenceError} when it is not what was packed
 */
export function checkUnpacked(
  packed: Packed,
  bytes: Uint8Array<ArrayBuffer> | undefined,
): Uint8Array<ArrayBuffer> {
  if (bytes?.length === packed.byteLength && crc32(bytes) === packed.crc) return bytes;
  throw refused("what is compressed in it is damaged");
}

function nameAt(bytes: Uint8Array, start: number, length: number): string {
  return toLatin1(bytes.subarray(start, start + length));
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const CRC_TABLE = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit += 1) {
    value = value & 1 ? (value >>> 1) ^ 0xedb88320 : value >>> 1;
  }
  return value;
});

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = (CRC_TABLE[(crc ^ byte) & 0xff] ?? 0) ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}
