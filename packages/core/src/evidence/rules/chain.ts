/** A line longer than this is refused by every reader. */
export const MAX_LINE_BYTES = 16_384;

/** What the first record of a run carries as `previousHash`. */
export const NO_PREVIOUS_HASH = "0".repeat(64);
