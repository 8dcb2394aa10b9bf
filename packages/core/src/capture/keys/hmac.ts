import { createHmac, hash } from "node:crypto";
import { MAX_CANONICAL_BYTES } from "../walk/byte-sink.ts";

const BLOCK_BYTES = 64;
const DIGEST_BYTES = 32;
const INNER_PAD = 0x36;
const OUTER_PAD = 0x5c;

/** Room for a canonical form and its trailer. */
const MAX_DATA_BYTES = MAX_CANONICAL_BYTES + BLOCK_BYTES;

/** A block of key, then the data. Shared by all keys: a digest is finished when it returns. */
const INNER = Buffer.alloc(BLOCK_BYTES + MAX_DATA_BYTES);
const OUTER = Buffer.alloc(BLOCK_BYTES + DIGEST_BYTES);

/**
 * HMAC-SHA256 (RFC 2104) under one key.
 *
 * Two one-shot hashes take half the time of `createHmac` on the sizes that agents pass (0.75 us
 * instead of 1.5 us for 60 bytes, measured), and leave nothing to the garbage collector.
 */
export class Hmac {
  readonly #key: Uint8Array;
  readonly #innerBlock: Uint8Array;
  readonly #outerBlock: Uint8Array;

  /** @param key at most 64 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
    this.#innerBlock = padded(key, INNER_PAD);
    this.#outerBlock = padded(key, OUTER_PAD);
  }

  /** 64 hex. */
  digest(data: Uint8Array | string): string {
    // A UTF-16 unit takes at most three bytes in UTF-8.
    if (data.length > (typeof data === "string" ? MAX_DATA_BYTES / 3 : MAX_DATA_BYTES)) {
      return createHmac("sha256", this.#key).update(data).digest("hex");
    }
    INNER.set(this.#innerBlock);
    const length = writeInner(data);
    const inner = hash("sha256", INNER.subarray(0, BLOCK_BYTES + length), "binary");
    OUTER.set(this.#outerBlock);
    OUTER.write(inner, BLOCK_BYTES, "latin1");
    return hash("sha256", OUTER, "hex");
  }
}

function writeInner(data: Uint8Array | string): number {
  if (typeof data === "string") return INNER.write(data, BLOCK_BYTES);
  INNER.set(data, BLOCK_BYTES);
  return data.length;
}

function padded(key: Uint8Array, pad: number): Uint8Array {
  return Uint8Array.from({ length: BLOCK_BYTES }, (_, index) => (key[index] ?? 0) ^ pad);
}
