/** Writes tar (POSIX ustar); list-tar.ts reads it. */
import { refused, safeName } from "./entry-name.ts";
import { BLOCK_BYTES, checksum } from "./list-tar.ts";

/** The largest size that eleven octal digits hold: 8 GiB - 1. */
const MAX_FILE_BYTES = 0o77777777777;

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
