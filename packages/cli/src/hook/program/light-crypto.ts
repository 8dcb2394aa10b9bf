/**
 * What the hook's bundle has in place of `node:crypto`, which takes as long to load as everything
 * else that a hook does; it is loaded when a digest is of much, or something else is asked for.
 */
import { sha256 } from "./sha256.ts";

type Crypto = typeof import("node:crypto");

/** From this size on, loading the compiled code takes less time than doing without. */
const MUCH_BYTES = 16_384;

export function hash(algorithm: "sha256", data: Uint8Array, encoding: "hex" | "binary"): string {
  if (data.length >= MUCH_BYTES) return loaded().hash(algorithm, data, encoding);
  return sha256(data).toString(encoding);
}

export const createHash: Crypto["createHash"] = (...words) => loaded().createHash(...words);
export const createHmac: Crypto["createHmac"] = (...words) => loaded().createHmac(...words);
export const randomBytes = (size: number): Buffer => loaded().randomBytes(size);
export const randomUUID = (): string => loaded().randomUUID();

function loaded(): Crypto {
  return process.getBuiltinModule("node:crypto");
}
