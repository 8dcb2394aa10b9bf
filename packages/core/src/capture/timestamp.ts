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

const SECOND_MS = 1_000;

/** The second that was written last, up to the dot behind it: most of the work is in that. */
let second = Number.NaN;
let head = "";

/** The same as records write it. */
export function timestampAt(ms: number): string {
  const kept = Math.trunc(keptTime(ms));
  const secondOfIt = Math.floor(kept / SECOND_MS);
  if (secondOfIt !== second) {
    head = new Date(secondOfIt * SECOND_MS).toISOString().slice(0, -"000Z".length);
    second = secondOfIt;
  }
  return `${head}${String(kept - secondOfIt * SECOND_MS).padStart(3, "0")}Z`;
}
