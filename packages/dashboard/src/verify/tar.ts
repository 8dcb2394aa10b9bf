/** The little of tar (POSIX ustar) that bundles need. Links and extensions are refused. */

const BLOCK_BYTES = 512;
const CHECKSUM_AT = 148;
const CHECKSUM_BYTES = 8;

/**
 * The files of an archive by their name; views into its bytes.
 *
 * @throws {Error} when it is no archive, is cut short, or holds a link or a name twice
 */
export function readTar(bytes: Uint8Array): Map<string, Uint8Array> {
  const files = new Map<string, Uint8Array>();
  for (let at = 0; at + BLOCK_BYTES <= bytes.length; ) {
    const header = bytes.subarray(at, at + BLOCK_BYTES);
    if (header.every((byte) => byte === 0)) return files;
    const { name, byteLength } = parseHeader(header);
    const start = at + BLOCK_BYTES;
    if (start + byteLength > bytes.length) break;
    if (files.has(name)) throw new Error("it holds a name twice");
    files.set(name, bytes.subarray(start, start + byteLength));
    at = start + Math.ceil(byteLength / BLOCK_BYTES) * BLOCK_BYTES;
  }
  throw new Error("it is cut short");
}

function parseHeader(header: Uint8Array): { readonly name: string; readonly byteLength: number } {
  const isUstar = textAt(header, 257, 5) === "ustar";
  if (!isUstar || checksum(header) !== octalAt(header, CHECKSUM_AT, CHECKSUM_BYTES)) {
    throw new Error("it is no tar archive");
  }
  if (textAt(header, 156, 1) !== "0" || textAt(header, 345, 155) !== "") {
    throw new Error("it holds something that is no plain file");
  }
  return { name: textAt(header, 0, 100), byteLength: octalAt(header, 124, 12) };
}

/** Sum of all bytes of a header, its own field counted as spaces. */
function checksum(header: Uint8Array): number {
  let sum = CHECKSUM_BYTES * 0x20;
  for (const [index, byte] of header.entries()) {
    if (index < CHECKSUM_AT || index >= CHECKSUM_AT + CHECKSUM_BYTES) sum += byte;
  }
  return sum;
}

function octalAt(header: Uint8Array, offset: number, length: number): number {
  const digits = textAt(header, offset, length).trim();
  if (!/^[0-7]+$/.test(digits)) throw new Error("a header holds a number that is none");
  return Number.parseInt(digits, 8);
}

function textAt(header: Uint8Array, offset: number, length: number): string {
  const text = String.fromCharCode(...header.subarray(offset, offset + length));
  const end = text.indexOf("\0");
  return end < 0 ? text : text.slice(0, end);
}
