/** The Merkle tree of RFC 6962 over WebCrypto; hashes are 64 hex characters. */
import { fromHex, joined, toHex } from "./bytes.ts";

const LEAF_PREFIX = Uint8Array.of(0);
const NODE_PREFIX = Uint8Array.of(1);
/** Hashes under way at once: the browser computes them on other threads. */
const BATCH = 512;

async function sha256(...parts: readonly Uint8Array[]): Promise<string> {
  return toHex(new Uint8Array(await crypto.subtle.digest("SHA-256", joined(...parts))));
}

export const hashText = (text: string) => sha256(new TextEncoder().encode(text));
export const hashLeaf = (line: Uint8Array) => sha256(LEAF_PREFIX, line);
export const hashChildren = (left: string, right: string) =>
  sha256(NODE_PREFIX, fromHex(left), fromHex(right));

/** `of` for every number below `count`, so many at a time. */
export async function inBatches<T>(count: number, of: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  while (results.length < count) {
    const from = results.length;
    const length = Math.min(BATCH, count - from);
    results.push(...(await Promise.all(Array.from({ length }, (_, at) => of(from + at)))));
  }
  return results;
}

/** Every perfect subtree: `levels[k][i]` is over the leaves from i * 2^k on. */
export type Levels = readonly (readonly string[])[];

export async function growTree(leaves: readonly string[]): Promise<Levels> {
  const levels: string[][] = [[...leaves]];
  for (let level = levels[0] ?? []; level.length > 1; ) {
    const below = level;
    level = await inBatches(Math.floor(below.length / 2), (index) =>
      hashChildren(below[2 * index] ?? "", below[2 * index + 1] ?? ""),
    );
    levels.push(level);
  }
  return levels;
}

/** The root over the first `size` leaves; `size` is at least 1 and at most the number of leaves. */
export async function rootAt(levels: Levels, size: number): Promise<string> {
  let root: string | undefined;
  let end = size;
  for (const [height, level] of levels.entries()) {
    const width = 2 ** height;
    if (Math.floor(size / width) % 2 === 0) continue;
    const subtree = level[end / width - 1] ?? "";
    root = root === undefined ? subtree : await hashChildren(subtree, root);
    end -= width;
  }
  return root ?? "";
}

/** Whether `leaf` is at `index` of the tree with this size and root (RFC 9162, section 2.1.3.2). */
export async function isIncluded(
  leaf: string,
  index: number,
  size: number,
  path: readonly string[],
  root: string,
): Promise<boolean> {
  let node = index;
  let last = size - 1;
  let hash = leaf;
  if (index >= size) return false;
  for (const sibling of path) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      hash = await hashChildren(sibling, hash);
      while (node % 2 === 0 && node !== 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      hash = await hashChildren(hash, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && hash === root;
}
