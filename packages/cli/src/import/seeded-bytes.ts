import { createHmac } from "node:crypto";

/**
 * Bytes that nobody without the key can guess, and that are the same for the same seed.
 *
 * @returns fills an array with the next of them
 */
export function seededBytes(key: Uint8Array, seed: string): (bytes: Uint8Array) => void {
  let block = 0;
  return (bytes) => {
    for (let at = 0; at < bytes.length; block += 1) {
      const next = createHmac("sha256", key).update(`${block} ${seed}`).digest();
      bytes.set(next.subarray(0, Math.min(next.length, bytes.length - at)), at);
      at += next.length;
    }
  };
}
