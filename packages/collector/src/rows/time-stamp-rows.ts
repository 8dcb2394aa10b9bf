/** A reply of a time-stamp authority over the head of a session. */
export interface StoredTimeStamp {
  /** How many records the head is over. */
  readonly size: number;
  /** The whole reply, in base64. */
  readonly reply: string;
}
