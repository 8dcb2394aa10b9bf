import type { SubtreeRoot } from "@caum/core/collector";
import type { StoreReader } from "../store/store.ts";
import { BLOCK_LEAVES, subtreeRootsFrom } from "../store/subtrees.ts";

/**
 * Subtree roots of a session, from stored blocks and the leaves of a few of them.
 *
 * @param around indexes whose blocks are taken apart, beside the last block
 */
export async function loadTree(
  reader: StoreReader,
  place: { readonly tenant: number; readonly sessionId: string },
  size: number,
  around: readonly number[],
): Promise<SubtreeRoot> {
  const { tenant, sessionId } = place;
  const blocks = await reader.subtrees(tenant, sessionId);
  const whole = Math.min(blocks.length, Math.floor(size / BLOCK_LEAVES));
  const opened = new Set([...around, size].map((index) => Math.floor(index / BLOCK_LEAVES)));
  // A block without a stored root is read leaf by leaf as well.
  for (let block = whole; block * BLOCK_LEAVES < size; block++) opened.add(block);
  const leaves = new Map<number, string>();
  for (const block of opened) {
    const from = block * BLOCK_LEAVES;
    const to = Math.min(size, from + BLOCK_LEAVES);
    const read = await reader.leaves(tenant, sessionId, from, to);
    for (const [at, leaf] of read.entries()) leaves.set(from + at, leaf);
  }
  return subtreeRootsFrom({
    blocks: whole,
    block: (number) => blocks[number] ?? "",
    leaf: (index) => leaves.get(index) ?? "",
  });
}
