/** What a log becomes with more heads in it. */
import {
  CompactRange,
  type CompactRangeState,
  formatCheckpoint,
  logOrigin,
  type Signer,
  signCheckpoint,
  subtreeRoots,
} from "@caum/core/collector";
import { hashLeaf } from "@caum/core/verify";
import type { HeadRow, LogCommand, LogState } from "../rows/log-rows.ts";
import { BLOCK_LEAVES } from "../store/subtrees.ts";

type Append = Extract<LogCommand, { kind: "append_heads" }>;

/** The key that signs the log of a tenant: the collector's, by the name of the log. */
export function logSigner(signer: Signer, ulid: string): Signer {
  return signer.named(logOrigin(signer.name, ulid));
}

export interface LogParts {
  readonly signer: Signer;
  readonly nowMs: number;
  /** Leaves of the block that is not whole yet; asked for where it becomes whole. */
  readonly openLeaves: readonly string[];
}

/** Where the block begins that the next leaf of a log of this size is in. */
export function openBlockStart(size: number): number {
  return size - (size % BLOCK_LEAVES);
}

/**
 * The command that appends the heads, with the signed checkpoint of the log that holds them.
 *
 * Nobody has seen the checkpoint before the command is done: where another node was faster, it is
 * thrown away.
 */
export function grownLog(
  tenant: number,
  { ulid, tree }: LogState,
  heads: readonly HeadRow[],
  { signer, nowMs, openLeaves }: LogParts,
): Append {
  const own = logSigner(signer, ulid);
  const range = CompactRange.restore(tree);
  const leaves = [...openLeaves];
  const blocks: Append["blocks"][number][] = [];
  const entries = heads.map(({ tag, tree: head }) => {
    const text = headText(`${signer.name}/${ulid}/${tag}`, head);
    const leaf = hashLeaf(text);
    range.append(leaf);
    leaves.push(leaf);
    if (range.size % BLOCK_LEAVES === 0) {
      const root = subtreeRoots(leaves.splice(0))(0, BLOCK_LEAVES);
      blocks.push({ block: range.size / BLOCK_LEAVES - 1, root });
    }
    return { tag, size: head.size, text };
  });
  const { size, root, state } = range;
  const note = signCheckpoint({ origin: own.name, size, root }, own);
  return {
    kind: "append_heads",
    tenant,
    from: tree.size,
    entries,
    blocks,
    tree: state,
    note,
    nowMs,
  };
}

/** What is hashed of a head: the text of the session's checkpoint, which a bundle has as well. */
function headText(origin: string, tree: CompactRangeState): string {
  return formatCheckpoint({ origin, size: tree.size, root: CompactRange.restore(tree).root });
}
