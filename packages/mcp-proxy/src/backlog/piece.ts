const NEWLINE = 0x0a;
/** Looking through this many bytes takes a tenth of a millisecond. */
const PIECE_BYTES = 16 * 1024;

/** Where the next piece ends that is read at once: behind a line, or after a short time of reading. */
export function endOfPiece(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + PIECE_BYTES);
  const newline = bytes.subarray(start, limit).indexOf(NEWLINE);
  return newline < 0 ? limit : start + newline + 1;
}
