/** Subtree roots of a stored tree: whole blocks of 256 leaves have theirs stored. */
import { EMPTY_ROOT, type SubtreeRoot, sha256 } from "@caum/core/collector";
import { BLOCK_HEIGHT } from "../ingest/session-row.ts";

export const BLOCK_LEAVES = 2 ** BLOCK_HEIGHT;

export interface StoredTree {
  /** Root of the block with this number; only asked for blocks that are whole. */
  block(number: number): string;
  /** Leaf at this index. */
  leaf(index: number): string;
  /** How many whole blocks have a stored root. */
  readonly blocks: number;
}

/** Answers any subtree of an RFC 6962 tree from blocks where they fit, and from leaves elsewhere. */
export function subtreeRootsFrom(tree: StoredTree): SubtreeRoot {
  const rootBetween: SubtreeRoot = (start, end) => {
    const length = end - start;
    if (length === 0) return EMPTY_ROOT;
    if (length === 1) return tree.leaf(start);
    const isBlock = length === BLOCK_LEAVES && start % BLOCK_LEAVES === 0;
    if (isBlock && start / BLOCK_LEAVES < tree.blocks) return tree.block(start / BLOCK_LEAVES);
    let split = 1;
    while (split * 2 < length) split *= 2;
    return hashPair(rootBetween(start, start + split), rootBetween(start + split, end));
  };
  return rootBetween;
}

/** A node of the tree (RFC 6962, section 2.1). */
function hashPair(left: string, right: string): string {
  return sha256(Buffer.from(`01${left}${right}`, "hex"));
}
