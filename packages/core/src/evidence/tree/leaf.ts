import crypto from "node:crypto";
import { MAX_LINE_BYTES } from "../rules/chain.ts";
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

/** A prefix and the longest line that a record may have; a UTF-16 unit takes at most three bytes. */
const leaf = Buffer.alloc(1 + MAX_LINE_BYTES);
const SURELY_FITS = Math.floor(MAX_LINE_BYTES / 3);

/**
 * The leaf hash of one record, which is also the `previousHash` of the next one.
 *
 * A line that was just put together is a rope of pieces. Written into bytes as it is, it becomes one
 * flat text, for whoever reads it next too; put behind a prefix, it would be copied and stay a rope.
 * That takes a third of the time of hashing the prefix and the line as one string (measured).
 *
 * @param line the canonical line, without its newline
 */
export function hashLeaf(line: string): string {
  if (line.length > SURELY_FITS) return sha256(LEAF_PREFIX + line);
  const byteLength = leaf.write(line, LEAF_PREFIX.length);
  return sha256(leaf.subarray(0, LEAF_PREFIX.length + byteLength));
}

const node = Buffer.alloc(1 + 2 * HASH_BYTES);
node[0] = NODE_PREFIX;

/** The hash of a node of the tree over the hashes (hex) of its children. */
export function hashChildren(left: string, right: string): string {
  node.write(left, 1, "hex");
  node.write(right, 1 + HASH_BYTES, "hex");
  return sha256(node);
}

/** A hash as its 32 bytes, one character for each: what costs least to make and to write. */
export type ByteText = string;

const nodeHash: () => ByteText =
  typeof crypto.hash === "function"
    ? () => crypto.hash("sha256", node, "binary")
    : () => crypto.createHash("sha256").update(node).digest("binary");

/** Puts the right child (hex) of the node in place that {@link hashUnder} hashes next. */
export function setRightChild(right: string): void {
  node.write(right, 1 + HASH_BYTES, "hex");
}

/** The hash of the node over the left child at `offset` of `hashes`; it is the next right child. */
export function hashUnder(hashes: Buffer, offset: number): ByteText {
  hashes.copy(node, 1, offset, offset + HASH_BYTES);
  const hash = nodeHash();
  node.write(hash, 1 + HASH_BYTES, "latin1");
  return hash;
}
