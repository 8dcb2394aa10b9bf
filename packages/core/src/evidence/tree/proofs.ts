/** Inclusion and consistency proofs (RFC 6962, sections 2.1.1 and 2.1.2): making and checking. */
import { EvidenceError } from "../error.ts";
import { EMPTY_ROOT, isIncluded, isNodeHash, isSize } from "./inclusion.ts";
import { hashChildren } from "./leaf.ts";

/**
 * The root over the leaves from `start` up to, not including, `end`.
 *
 * Whoever stores a tree answers it from stored subtree roots; proofs ask for O(log n) of them.
 */
export type SubtreeRoot = (start: number, end: number) => string;

/** The root over a list of leaf hashes, by the definition. */
export function rootOf(leaves: readonly string[]): string {
  return leaves.length === 0 ? EMPTY_ROOT : subtreeRoots(leaves)(0, leaves.length);
}

/** Subtree roots of leaves that are in memory; a large tree stores some of them instead. */
export function subtreeRoots(leaves: readonly string[]): SubtreeRoot {
  const rootBetween: SubtreeRoot = (start, end) => {
    if (end - start <= 1) return leaves[start] ?? EMPTY_ROOT;
    const middle = start + splitOf(end - start);
    return hashChildren(rootBetween(start, middle), rootBetween(middle, end));
  };
  return rootBetween;
}

/** @throws {EvidenceError} when there is no such leaf */
export function proveInclusion(index: number, size: number, root: SubtreeRoot): string[] {
  if (!isSize(index) || !isSize(size) || index >= size) throw outside();
  const path: string[] = [];
  let start = 0;
  let end = size;
  while (end - start > 1) {
    const middle = start + splitOf(end - start);
    if (index < middle) {
      path.push(root(middle, end));
      end = middle;
    } else {
      path.push(root(start, middle));
      start = middle;
    }
  }
  return path.reverse();
}

/** @throws {EvidenceError} when the first tree is not within the second */
export function proveConsistency(first: number, second: number, root: SubtreeRoot): string[] {
  if (!isSize(first) || !isSize(second) || first > second) throw outside();
  if (first === 0 || first === second) return [];
  const path: string[] = [];
  let start = 0;
  let end = second;
  // Descend to the largest subtree that ends where the first tree ends.
  while (end !== first) {
    const middle = start + splitOf(end - start);
    if (first <= middle) {
      path.push(root(middle, end));
      end = middle;
    } else {
      path.push(root(start, middle));
      start = middle;
    }
  }
  if (start !== 0) path.push(root(start, end));
  return path.reverse();
}

/** As {@link isIncluded}, hashed by Node. */
export function verifyInclusion(
  index: number,
  size: number,
  leaf: string,
  proof: readonly string[],
  root: string,
): boolean {
  return isIncluded({ index, size, leaf, proof, root }, hashChildren);
}

/** Whether the tree of the second size and root begins with all leaves of the first. */
export function verifyConsistency(
  first: { readonly size: number; readonly root: string },
  second: { readonly size: number; readonly root: string },
  proof: readonly string[],
): boolean {
  if (!isSize(first.size) || !isSize(second.size) || first.size > second.size) return false;
  if (![first.root, second.root, ...proof].every(isNodeHash)) return false;
  if (first.size === second.size) return proof.length === 0 && first.root === second.root;
  if (first.size === 0) return proof.length === 0 && first.root === EMPTY_ROOT;
  let node = first.size - 1;
  let last = second.size - 1;
  while (node % 2 === 1) {
    node = (node - 1) / 2;
    last = Math.floor(last / 2);
  }
  // A first tree that is one whole subtree of the second is its own starting point.
  const [start, ...siblings] = node === 0 ? [first.root, ...proof] : proof;
  return start !== undefined && climb(start, siblings, { node, last }, first.root, second.root);
}

/** RFC 9162, section 2.1.4.2, from step 5 on. */
function climb(
  start: string,
  siblings: readonly string[],
  at: { node: number; last: number },
  firstRoot: string,
  secondRoot: string,
): boolean {
  let first = start;
  let second = start;
  let { node, last } = at;
  for (const sibling of siblings) {
    if (last === 0) return false;
    if (node % 2 === 1 || node === last) {
      first = hashChildren(sibling, first);
      second = hashChildren(sibling, second);
      // An even one is the last one here, and that is not 0.
      while (node % 2 === 0) {
        node /= 2;
        last = Math.floor(last / 2);
      }
    } else {
      second = hashChildren(second, sibling);
    }
    node = Math.floor(node / 2);
    last = Math.floor(last / 2);
  }
  return last === 0 && first === firstRoot && second === secondRoot;
}

/** The largest power of two below `size`, which is at least 2. */
function splitOf(size: number): number {
  let split = 1;
  while (split * 2 < size) split *= 2;
  return split;
}

function outside(): EvidenceError {
  return new EvidenceError("invalid_proof", "no such leaf or tree: it lies beyond the size given");
}
