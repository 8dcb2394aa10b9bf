/** 9999-12-31T23:59:59.999Z; a later year has more digits, and no reader of records takes it. */
const LAST_MS = 253_402_300_799_999;

/**
 * A time that a record can hold. A clock that is set outside of the years 1970 to 9999 stands still at
 * the nearer end, so that the record still verifies: times are claims, the order is that of the chain.
 *
 * @param ms milliseconds since 1970, by whatever clock
 */
export function keptTime(ms: number): number {
  return Math.min(Math.max(ms, 0), LAST_MS);
}

/** The same as records write it. */
export function timestampAt(ms: number): string {
  return new Date(keptTime(ms)).toISOString();
}
