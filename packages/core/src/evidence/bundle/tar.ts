/** The little of tar (POSIX ustar) that bundles need. Links and extensions are refused. */
import { EvidenceError } from "../error.ts";
import { type FileSlice, readSlice, SliceReader } from "./file-slice.ts";

export const BLOCK_BYTES = 512;
const MAX_ENTRIES = 100_000;
const MAX_EXTENSION_BYTES = 65_536;
/** The largest size that eleven octal digits hold: 8 GiB - 1. */
const MAX_FILE_BYTES = 0o77777777777;
/** One field of a pax extension up to its value: the length of the whole field, and its name. */
const EXTENSION_FIELD = /^([1-9]\d{0,5}) ([!-<>-~][ -<>-~]*)=/;
/** Extensions that would give an entry another name, size or target than its header says. */
const OVERRIDE = /^(?:path$|linkpath$|size$|GNU\.|SCHILY\.realsize$)/;

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly byteLength: number;
}

/**
 * Where each file of an archive lies.
 *
 * @throws {EvidenceError} when it is no archive, is cut short, or holds a link, a name that leads
 *   out of it, or a name twice
 */
export function listTar(path: string, byteLength: number): Map<string, FileSlice> {
  const listing: Listing = { files: new Map(), folders: new Set() };
  const header = Buffer.alloc(BLOCK_BYTES);
  let position = 0;
  for (let entries = 0; position < byteLength; entries += 1) {
    if (entries > MAX_ENTRIES) throw refused("it holds more than 100,000 entries");
    const reader = new SliceReader({ path, start: position, byteLength: BLOCK_BYTES });
    const length = reader.read(header);
    reader.close();
    if (length < BLOCK_BYTES) throw refused("it is cut short");
    if (header.every((byte) => byte === 0)) return filesOf(listing);
    const entry = parseHeader(header);
    const slice = { path, start: position + BLOCK_BYTES, byteLength: entry.byteLength };
    if (slice.start + slice.byteLength > byteLength) throw refused("it is cut short");
    place(entry, slice, listing);
    position = slice.start + paddedLength(entry.byteLength);
  }
  throw refused("it is cut short");
}

/** What an archive would leave on the disk. */
interface Listing {
  readonly files: Map<string, FileSlice>;
  readonly folders: Set<string>;
}

function filesOf({ files, folders }: Listing): Map<string, FileSlice> {
  for (const name of folders) if (files.has(name)) throw refused("it holds a name twice");
  return files;
}

function place(entry: Entry, slice: FileSlice, { files, folders }: Listing): void {
  const name = safeName(entry.name);
  if (entry.type === "x" || entry.type === "g") {
    checkExtension(readSlice(slice, MAX_EXTENSION_BYTES).toString("latin1"));
    return;
  }
  for (let end = name.indexOf("/"); end !== -1; end = name.indexOf("/", end + 1)) {
    folders.add(name.slice(0, end));
  }
  if (entry.type === "5" && entry.byteLength === 0) {
    folders.add(name);
    return;
  }
  if (entry.type !== "0" || name === "" || entry.name.endsWith("/")) {
    throw refused("it holds a link or something else that is no file");
  }
  if (files.has(name)) throw refused("it holds a name twice");
  files.set(name, slice);
}

/**
 * Whoever unpacks the archive must get the files that were verified, so an extension has to be one
 * that every program reads alike: programs differ in what they take for a field.
 */
function checkExtension(extension: string): void {
  let rest = extension;
  while (rest !== "") {
    const [, length, field = ""] = EXTENSION_FIELD.exec(rest) ?? [];
    const end = Number(length);
    if (rest[end - 1] !== "\n") throw refused("an extension header is malformed");
    if (OVERRIDE.test(field)) throw refused("an extension header renames a file");
    rest = rest.slice(end);
  }
}

function parseHeader(header: Buffer): Entry {
  const magic = header.toString("latin1", 257, 263);
  const isOurs = magic === "ustar\0" || magic === "ustar ";
  if (!isOurs || checksum(header) !== octal(header, 148, 8)) {
    throw refused("it is neither a folder nor a tar archive");
  }
  const prefix = magic === "ustar\0" ? text(header, 345, 155) : "";
  const name = text(header, 0, 100);
  const type = text(header, 156, 1);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: type === "" ? "0" : type,
    byteLength: octal(header, 124, 12),
  };
}

/** The name within the bundle; "" for the bundle itself. */
function safeName(name: string): string {
  const parts = name.split("/").filter((part) => part !== "." && part !== "");
  if (name.startsWith("/") || parts.includes("..") || /[^ -[\]-~]/.test(name)) {
    throw refused("it holds a name that leads out of it or is not plain");
  }
  return parts.join("/");
}

/** Size in the archive: whole blocks. */
export function paddedLength(byteLength: number): number {
  return Math.ceil(byteLength / BLOCK_BYTES) * BLOCK_BYTES;
}

/** What ends an archive. */
export function tarEnd(): Buffer {
  return Buffer.alloc(2 * BLOCK_BYTES);
}

/**
 * The header of one file; its bytes follow, then zeros up to {@link paddedLength}.
 *
 * @throws {EvidenceError} when name or size do not fit the format
 */
export function tarHeader(name: string, byteLength: number, modifiedSeconds = 0): Buffer {
  if (name.length > 100 || safeName(name) !== name || byteLength > MAX_FILE_BYTES) {
    throw refused("a file of a bundle has a plain name and at most 8 GiB");
  }
  const header = Buffer.alloc(BLOCK_BYTES);
  header.write(name, 0, "latin1");
  header.write("0000644\0", 100, "latin1");
  header.write("0000000\0".repeat(2), 108, "latin1");
  header.write(`${byteLength.toString(8).padStart(11, "0")}\0`, 124, "latin1");
  header.write(`${modifiedSeconds.toString(8).padStart(11, "0")}\0`, 136, "latin1");
  header.write("0", 156, "latin1");
  header.write("ustar\x0000", 257, "latin1");
  header.write(`${checksum(header).toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return header;
}

/** Sum of all bytes of a header, its own field counted as spaces. */
function checksum(header: Buffer): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) {
    if (index < 148 || index >= 156) sum += byte;
  }
  return sum;
}

function octal(header: Buffer, offset: number, length: number): number {
  const digits = /^ *([0-7]{1,11}) *$/.exec(text(header, offset, length))?.[1];
  if (digits === undefined) throw refused("a header holds a number that is none");
  return Number.parseInt(digits, 8);
}

function text(header: Buffer, offset: number, length: number): string {
  const field = header.toString("latin1", offset, offset + length);
  const end = field.indexOf("\0");
  return end === -1 ? field : field.slice(0, end);
}

function refused(why: string): EvidenceError {
  return new EvidenceError("invalid_bundle", why);
}
