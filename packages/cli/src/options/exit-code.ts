/**
 * How commands end: 0 when all is well, else one of these. docs/commands.md says it once for all, and
 * each help says what it means there; `caum verify` has more, from `exitCodeOf` of the core.
 */
export const EXIT_CODE = {
  /** It ran and found something, or could do a part only. */
  found: 1,
  /** What was asked for was not done: wrong usage, nobody answers, a file cannot be read. */
  notDone: 2,
  /** Records that wait on the disk are damaged or gone. */
  damaged: 3,
} as const;
