/** Subtree roots of a log, from stored blocks and the entries of a few of them. */
import type { SubtreeRoot } from "@caum/core/collector";
import { hashLeaf } from "@caum/core/verify";
import type { LogReader } from "../rows/log-rows.ts";
import { BLOCK_LEAVES, subtreeRootsFrom } from "../store/subtrees.ts";

/** @param around indexes whose blocks are taken apart, beside the one that `size` is in */
export async function loadLogTree(
  reader: LogReader,
  tenant: number,
  size: number,
  around: readonly number[],
): Promise<SubtreeRoot> {
  const blocks = await reader.blocks(tenant);
  const opened = new Set([...around, size].map((index) => Math.floor(index / BLOCK_LEAVES)));
  const leaves = new Map<number, string>();
  for (const block of opened) {
    const entries = await reader.entries(tenant, block * BLOCK_LEAVES, BLOCK_LEAVES);
    for (const { position, text } of entries) leaves.set(position, hashLeaf(text));
  }
  return subtreeRootsFrom({
    blocks: blocks.length,
    block: (number) => blocks[number] ?? "",
    leaf: (index) => leaves.get(index) ?? "",
  });
}
