/** Lines that carry a checksum: what a disk changed is noticed without the lines around it. */
import { crc32 } from "node:zlib";

/** Stands in no line of ours: JSON escapes it. */
const MARK = "\t";
const RADIX = 16;
const SUM_DIGITS = 8;

export function seal(line: string): string {
  return line + MARK + sumOf(line);
}

/** @returns undefined when the line is not the one that was sealed */
export function unseal(sealed: string): string | undefined {
  const at = sealed.lastIndexOf(MARK);
  // Older versions sealed nothing; such a line is judged by what it says.
  if (at < 0) return sealed;
  const line = sealed.slice(0, at);
  return sealed.slice(at + MARK.length) === sumOf(line) ? line : undefined;
}

function sumOf(line: string): string {
  return crc32(line).toString(RADIX).padStart(SUM_DIGITS, "0");
}
