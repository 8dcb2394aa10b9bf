import { hkdfSync } from "node:crypto";

/** HKDF-SHA256 with an empty salt, 32 bytes (RFC 5869). */
export function derive(key: Uint8Array, use: string): Uint8Array {
  return new Uint8Array(hkdfSync("sha256", key, "", `caum/1/${use}`, 32));
}
