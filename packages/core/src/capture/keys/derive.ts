import { Hmac } from "./hmac.ts";

/** The key of the extraction when there is no salt. */
const EXTRACTION = new Hmac(new Uint8Array(32));
/** Of the first block of the expansion, which is all that is needed. */
const FIRST_BLOCK = "\x01";

/** HKDF-SHA256 with an empty salt, 32 bytes (RFC 5869). */
export function derive(key: Uint8Array, use: string): Uint8Array {
  const extracted = Buffer.from(EXTRACTION.digest(key), "hex");
  const derived = Buffer.from(new Hmac(extracted).digest(`caum/1/${use}${FIRST_BLOCK}`), "hex");
  // A copy: a small Buffer is a piece of a larger one, and a key that is kept would hold all of it.
  return new Uint8Array(derived);
}
