/**
 * What the hook's bundle has in place of `node:crypto`, which takes as long to load as everything
 * else that a hook does; it is loaded when a digest is of much, or something else is asked for.
 */
import { sha256 } from "./sha256.ts";

type Crypto = typeof import("node:crypto");

/** From this size on, loading the compiled code takes less time than doing without. */
const MUCH_BYTES = 16_384;

/**
 * What keys are derived by: each derivation begins with the same digests of the key that it is from, and
 * they are worked out when the code is coldest.
 */
const DERIVATION_BYTES = 96;
const derivations = new Map<string, Buffer>();

export function hash(algorithm: "sha256", data: Uint8Array, encoding: "hex" | "binary"): string {
  if (data.length >= MUCH_BYTES) return loaded().hash(algorithm, data, encoding);
  const digest = data.length === DERIVATION_BYTES ? derived(data) : sha256(data);
  return digest.toString(encoding);
}

function derived(data: Uint8Array): Buffer {
  const name = Buffer.from(data.buffer, data.byteOffset, data.length).toString("latin1");
  const known = derivations.get(name);
  if (known !== undefined) return known;
  const digest = sha256(data);
  derivations.set(name, digest);
  return digest;
}

export const createHash: Crypto["createHash"] = (...words) => loaded().createHash(...words);
export const createHmac: Crypto["createHmac"] = (...words) => loaded().createHmac(...words);
export const randomBytes = (size: number): Buffer => loaded().randomBytes(size);
export const randomUUID = (): string => loaded().randomUUID();

function loaded(): Crypto {
  return process.getBuiltinModule("node:crypto");
}
