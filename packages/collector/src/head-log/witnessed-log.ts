/** What a submission to witnesses needs of the logs, whatever they are of. */

/** The log of one tenant as the submission to witnesses sees it. */
export interface WitnessedLog {
  /** Names the log; it is also the name of the key that signs it. */
  readonly origin: string;
  /** The newest checkpoint that is on the disk, as a signed note. */
  latest(): Promise<{ size: number; note: string } | undefined>;
  /** Hashes of the consistency proof between two sizes (C2SP tlog: RFC 6962 order). */
  consistency(from: number, to: number): Promise<Uint8Array[]>;
  /**
   * The largest size with a cosignature of one of these; 0 where none is kept.
   *
   * @param cosigners name and id of a key, with a space between them
   */
  cosignedBy(cosigners: readonly string[]): Promise<number>;
  /** Keeps cosignature lines under the checkpoint of that size. */
  keep(size: number, lines: readonly string[]): Promise<void>;
}

/** All logs of a collector. */
export interface WitnessedLogs {
  /** Those that grew at or after this moment, in milliseconds since 1970; all of them since 0. */
  changedSince(sinceMs: number): Promise<readonly WitnessedLog[]>;
}
