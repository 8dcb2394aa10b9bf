/** The little of tar (POSIX ustar) that bundles need. Links and extensions are refused. */
import { toLatin1 } from "../rules/bytes.ts";
import { Listing, MAX_ENTRIES, refused, safeName } from "./entry-name.ts";
import { readSlice, type Slice } from "./slice.ts";

export const BLOCK_BYTES = 512;
const MAX_EXTENSION_BYTES = 65_536;
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
export function listTar(archive: Slice): Map<string, Slice> {
  const listing = new Listing<Slice>();
  let position = 0;
  for (let entries = 0; position < archive.byteLength; entries += 1) {
    if (entries > MAX_ENTRIES) throw refused("it holds more than 100,000 entries");
    if (position + BLOCK_BYTES > archive.byteLength) break;
    const header = readSlice(archive.piece(position, BLOCK_BYTES), BLOCK_BYTES);
    if (header.length < BLOCK_BYTES) break;
    if (header.every((byte) => byte === 0)) return listing.files;
    const entry = parseHeader(header);
    const start = position + BLOCK_BYTES;
    if (start + entry.byteLength > archive.byteLength) break;
    place(entry, archive.piece(start, entry.byteLength), listing);
    position = start + paddedLength(entry.byteLength);
  }
  throw refused("it is cut short");
}

function place(entry: Entry, slice: Slice, listing: Listing<Slice>): void {
  const name = safeName(entry.name);
  if (entry.type === "x" || entry.type === "g") {
    checkExtension(toLatin1(readSlice(slice, MAX_EXTENSION_BYTES)));
    return;
  }
  if (entry.type === "5" && entry.byteLength === 0) {
    listing.addFolder(name);
    return;
  }
  if (entry.type !== "0" || name === "" || entry.name.endsWith("/")) {
    throw refused("it holds a link or something else that is no file");
  }
  listing.add(name, slice);
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

function parseHeader(header: Uint8Array): Entry {
  const block = toLatin1(header);
  const magic = block.slice(257, 263);
  const isOurs = magic === "ustar\0" || magic === "ustar ";
  if (!isOurs || checksum(header) !== octal(block, 148, 8)) {
    throw refused("it is neither a folder nor an archive of one");
  }
  const prefix = magic === "ustar\0" ? text(block, 345, 155) : "";
  const name = text(block, 0, 100);
  const type = text(block, 156, 1);
  return {
    name: prefix === "" ? name : `${prefix}/${name}`,
    type: type === "" ? "0" : type,
    byteLength: octal(block, 124, 12),
  };
}

/** Size in the archive: whole blocks. */
export function paddedLength(byteLength: number): number {
  return Math.ceil(byteLength / BLOCK_BYTES) * BLOCK_BYTES;
}

/** Sum of all bytes of a header, its own field counted as spaces. */
export function checksum(header: Uint8Array): number {
  let sum = 8 * 0x20;
  for (const [index, byte] of header.entries()) {
    if (index < 148 || index >= 156) sum += byte;
  }
  return sum;
}

function octal(block: string, offset: number, length: number): number {
  const digits = /^ *([0-7]{1,11}) *$/.exec(text(block, offset, length))?.[1];
  if (digits === undefined) throw refused("a header holds a number that is none");
  return Number.parseInt(digits, 8);
}

function text(block: string, offset: number, length: number): string {
  const field = block.slice(offset, offset + length);
  const end = field.indexOf("\0");
  return end === -1 ? field : field.slice(0, end);
}
