const NEWLINE = 0x0a;
/** Reading this many bytes of a long line takes a tenth of a millisecond. */
const PIECE_BYTES = 16 * 1024;

/** Where the next piece ends that is read at once: behind a line, or after a short time of reading. */
export function endOfPiece(bytes: Buffer, start: number): number {
  const limit = Math.min(bytes.length, start + PIECE_BYTES);
  const newline = bytes.indexOf(NEWLINE, start);
  return newline < 0 || newline >= limit ? limit : newline + 1;
}
