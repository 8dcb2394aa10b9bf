/** The shape of the tree of RFC 6962, for whoever hashes by other means. */
import { fromHex, joined } from "../rules/bytes.ts";
import type { GrowingTree, Sha256 } from "../rules/platform.ts";

export const HASH_BYTES = 32;

/** Root of the tree without leaves: SHA-256 of nothing. */
export const EMPTY_ROOT = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/** Domain separation between leaves and nodes of the tree (RFC 6962, section 2.1). */
const LEAF_PREFIX = "\0";
const NODE_PREFIX = Uint8Array.of(1);

/** The leaf of a canonical line, without its newline. */
export const leafOf = (line: string, sha256: Sha256) => sha256(LEAF_PREFIX + line);

/** The hash of a node over the hashes (hex) of its children. */
export const nodeOf = (left: string, right: string, sha256: Sha256) =>
  sha256(joined(NODE_PREFIX, fromHex(left), fromHex(right)));

/** A growing tree as the list of its perfect subtrees' roots, largest first. */
export class ListedTree implements GrowingTree {
  #size = 0;
  readonly #hashes: string[] = [];
  readonly #sha256: Sha256;

  constructor(sha256: Sha256) {
    this.#sha256 = sha256;
  }

  get size(): number {
    return this.#size;
  }

  get root(): string {
    const [last, ...larger] = this.#hashes.toReversed();
    return larger.reduce((root, left) => nodeOf(left, root, this.#sha256), last ?? EMPTY_ROOT);
  }

  append(leaf: string): void {
    let carry = leaf;
    for (let rest = this.#size; rest % 2 === 1; rest = (rest - 1) / 2) {
      carry = nodeOf(this.#hashes.pop() ?? "", carry, this.#sha256);
    }
    this.#hashes.push(carry);
    this.#size += 1;
  }
}

/** What is shown to be in a tree, and of which size and root that tree is. */
export interface Inclusion {
  readonly index: number;
  readonly size: number;
  readonly leaf: string;
  /** Siblings from the leaf up. */
  readonly proof: readonly string[];
  readonly root: string;
}

/**
 * Whether `leaf` is at `index` in the tree of this size and root (RFC 9162, section 2.1.3.2).
 *
 * The proof protects neither the size nor what the leaf is of: take the size from a signed
 * checkpoint and compute the leaf from the record.
 */
export function isIncluded(claim: Inclusion, hashNode: (left: string, right: string) => string) {
  const { index, size, leaf, proof, root } = claim;
  if (!isSize(index) || !isSize(size) || index >= size) return false;
  if (![leaf, ...proof].every(isNodeHash)) return false;
  let node = index;
  let last = size - 1;
  let hash = leaf;
  for (const sibling of proof) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = hashNode(sibling, hash);
      // An even one is the last one here, and that is not 0.
      while (node % 2 === 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = hashNode(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash === root;
}

export function isSize(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0;
}

export function isNodeHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text);
}
