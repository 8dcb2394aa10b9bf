import crypto from "node:crypto";
import { HASH_BYTES } from "./inclusion.ts";

/** Domain separation between leaves and nodes of the tree (RFC 6962, section 2.1). */
const LEAF_PREFIX = "\0";
const NODE_PREFIX = 0x01;

/**
 * SHA-256 as 64 lower-case hex characters; a string is hashed as UTF-8.
 *
 * Hex, not bytes: a digest as Buffer costs two to three times as much. `crypto.hash` is one call
 * instead of three, but is marked as a release candidate.
 */
export const sha256: (data: string | Uint8Array) => string =
  typeof crypto.hash === "function"
    ? (data) => crypto.hash("sha256", data, "hex")
    : (data) => crypto.createHash("sha256").update(data).digest("hex");

/**
 * The leaf hash of one record, which is also the `previousHash` of the next one.
 *
 * @param line the canonical line, without its newline
 */
export function hashLeaf(line: string): string {
  return sha256(LEAF_PREFIX + line);
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = NODE_PREFIX;

/** The hash of a node of the tree over the hashes (hex) of its children. */
export function hashChildren(left: string, right: string): string {
  node.write(left, 1, "hex");
  node.write(right, 1 + HASH_BYTES, "hex");
  return sha256(node);
}

/** As {@link hashChildren}, with the left child taken as bytes from `hashes`. */
export function hashChildrenAt(hashes: Buffer, offset: number, right: string): string {
  hashes.copy(node, 1, offset, offset + HASH_BYTES);
  node.write(right, 1 + HASH_BYTES, "hex");
  return sha256(node);
}
