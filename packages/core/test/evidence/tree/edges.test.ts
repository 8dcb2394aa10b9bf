/** Trees and proofs at their edges; the oracle is the definition of RFC 6962, section 2.1. */
import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { EvidenceError } from "../../../src/evidence/error.ts";
import { CompactRange } from "../../../src/evidence/tree/compact-range.ts";
import {
  EMPTY_ROOT,
  isIncluded,
  ListedTree,
  leafOf,
  nodeOf,
} from "../../../src/evidence/tree/inclusion.ts";
import {
  hashChildren,
  hashLeaf,
  hashUnder,
  setRightChild,
  sha256,
} from "../../../src/evidence/tree/leaf.ts";
import {
  proveConsistency,
  proveInclusion,
  rootOf,
  subtreeRoots,
  verifyConsistency,
  verifyInclusion,
} from "../../../src/evidence/tree/proofs.ts";

const digest = (...parts: readonly (string | Uint8Array)[]) => {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(part);
  return hash.digest("hex");
};
/** MTH of RFC 6962, as it stands there. */
function definedRoot(leaves: readonly string[]): string {
  if (leaves.length === 0) return digest();
  if (leaves.length === 1) return leaves[0] ?? "";
  let k = 1;
  while (k * 2 < leaves.length) k *= 2;
  const [left, right] = [definedRoot(leaves.slice(0, k)), definedRoot(leaves.slice(k))];
  return digest(Uint8Array.of(1), Buffer.from(left, "hex"), Buffer.from(right, "hex"));
}
const LEAVES = Array.from({ length: 64 }, (_, at) => digest(Uint8Array.of(0), String(at)));
const ROOTS = Array.from({ length: 65 }, (_, size) => definedRoot(LEAVES.slice(0, size)));
const rootAt = (size: number) => ROOTS[size] ?? "";

test("leaves and nodes are told apart by their first byte", () => {
  expect(hashLeaf("a\u00e9")).toBe(digest(Uint8Array.of(0), "a\u00e9"));
  expect(leafOf("a\u00e9", sha256)).toBe(hashLeaf("a\u00e9"));
  const [left = "", right = ""] = LEAVES;
  const node = digest(Uint8Array.of(1), Buffer.from(left, "hex"), Buffer.from(right, "hex"));
  expect(hashChildren(left, right)).toBe(node);
  expect(nodeOf(left, right, sha256)).toBe(node);
  setRightChild(right);
  const under = hashUnder(Buffer.from(`ff${left}ff`, "hex"), 1);
  expect(Buffer.from(under, "latin1").toString("hex")).toBe(node);
  // What was hashed is the next right child.
  const next = hashUnder(Buffer.from(left, "hex"), 0);
  expect(Buffer.from(next, "latin1").toString("hex")).toBe(hashChildren(left, node));
  expect(EMPTY_ROOT).toBe(digest());
});

test("a leaf that completes a perfect subtree of the height asked for gives its root, and no other does", () => {
  for (const height of [1, 2, 3, 6]) {
    const leaves = 2 ** height;
    const range = new CompactRange();
    for (const [index, leaf] of LEAVES.entries()) {
      const isWhole = (index + 1) % leaves === 0;
      const block = isWhole ? definedRoot(LEAVES.slice(index + 1 - leaves, index + 1)) : undefined;
      expect(range.append(leaf, height)).toBe(block);
    }
    expect(range.root).toBe(rootAt(64));
  }
  expect(new CompactRange().append(LEAVES[0] ?? "")).toBeUndefined();
});

test("both growing trees have the roots of the definition at every size, and the sizes", () => {
  const [range, listed] = [new CompactRange(), new ListedTree(sha256)];
  for (let size = 0; size <= 64; size += 1) {
    expect([range.size, listed.size]).toEqual([size, size]);
    expect([range.root, listed.root]).toEqual([rootAt(size), rootAt(size)]);
    expect(rootOf(LEAVES.slice(0, size))).toBe(rootAt(size));
    // Asked once more, it says the same.
    expect(range.root).toBe(rootAt(size));
    range.append(LEAVES[size] ?? "");
    listed.append(LEAVES[size] ?? "");
  }
});

test("a state holds one hash for each bit of its size, and the tree goes on from it", () => {
  fc.assert(
    fc.property(fc.nat(60), fc.nat(4), (size, more) => {
      const range = new CompactRange();
      for (const leaf of LEAVES.slice(0, size)) range.append(leaf);
      const { state } = range;
      const bits = size.toString(2).replaceAll("0", "").length;
      expect(state).toEqual({ size, hashes: expect.stringMatching(`^[0-9a-f]{${64 * bits}}$`) });
      const restored = CompactRange.restore(state);
      expect(restored.size).toBe(size);
      expect(restored.state).toEqual(state);
      expect(restored.root).toBe(rootAt(size));
      for (const leaf of LEAVES.slice(size, size + more)) restored.append(leaf);
      expect(restored.root).toBe(rootAt(size + more));
    }),
  );
});

test("room for hashes is made four at a time", () => {
  const range = new CompactRange();
  const room: number[] = [];
  for (const leaf of LEAVES) {
    room.push(range.byteLength);
    range.append(leaf);
  }
  // The fifth hash is that of the 31st leaf.
  expect(room.slice(0, 31)).toEqual(Array.from({ length: 31 }, () => 128));
  expect(room.slice(31)).toEqual(Array.from({ length: 33 }, () => 256));
  expect(CompactRange.restore({ size: 31, hashes: LEAVES.slice(0, 5).join("") }).byteLength).toBe(
    160,
  );
});

const HASH = LEAVES[0] ?? "";
test.each<[string, number, string, string | undefined]>([
  ["of nothing", 0, "", undefined],
  ["of one leaf", 1, HASH, undefined],
  ["of the largest size", 2 ** 53 - 1, HASH.repeat(53), undefined],
  ["with a hash too few", 3, HASH, "the stored tree state does not fit its size"],
  ["with a hash too many", 4, HASH.repeat(2), "the stored tree state does not fit its size"],
  ["with a hash for nothing", 0, HASH, "the stored tree state does not fit its size"],
  ["with half a hash", 1, HASH.slice(32), "the stored tree state does not fit its size"],
  ["in upper case", 1, HASH.toUpperCase(), "the stored tree state does not fit its size"],
  [
    "with something in front",
    1,
    `x${HASH.slice(1)}`,
    "the stored tree state does not fit its size",
  ],
  ["with something behind", 1, `${HASH.slice(1)}x`, "the stored tree state does not fit its size"],
  ["of a negative size", -1, "", "a tree size is an integer from 0"],
  ["of a fraction", 0.5, "", "a tree size is an integer from 0"],
  ["of too large a size", 2 ** 53, HASH, "a tree size is an integer from 0"],
  ["of no number", Number.NaN, "", "a tree size is an integer from 0"],
])("a stored state %s", (_what, size, hashes, why) => {
  const restore = () => CompactRange.restore({ size, hashes });
  if (why === undefined) {
    expect(restore().state).toEqual({ size, hashes });
    return;
  }
  expect(restore).toThrow(why);
  expect(restore).toThrow(EvidenceError);
});

/** Whether a leaf is in a tree, by making the proof anew: proofs are the only ones of their kind. */
const proofOf = (index: number, size: number) => proveInclusion(index, size, subtreeRoots(LEAVES));

test("of all places and sizes, a proof of inclusion holds for its own alone", () => {
  const size = fc.integer({ min: 1, max: 64 });
  fc.assert(
    fc.property(size, fc.nat(), size, fc.nat(), (made, at, claimed, place) => {
      const index = at % made;
      const other = place % claimed;
      const proof = proofOf(index, made);
      const leaf = LEAVES[other] ?? "";
      const expected = proofOf(other, claimed).join() === proof.join() && rootAt(claimed) !== "";
      expect(verifyInclusion(other, claimed, leaf, proof, rootAt(claimed))).toBe(expected);
      // One hash more or less, or another one, is no proof.
      if (proof.length === 0) return;
      const leafThere = LEAVES[index] ?? "";
      const holds = (path: readonly string[]) =>
        verifyInclusion(index, made, leafThere, path, rootAt(made));
      expect(holds(proof)).toBe(true);
      expect(holds(proof.slice(0, -1))).toBe(false);
      expect(holds(proof.slice(1))).toBe(false);
      expect(holds([...proof, HASH])).toBe(false);
      expect(holds(proof.with(place % proof.length, digest("x")))).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test("of all pairs of sizes, a proof of consistency holds for its own alone", () => {
  const size = fc.integer({ min: 0, max: 64 });
  const headOf = (of: number, root = rootAt(of)) => ({ size: of, root });
  fc.assert(
    fc.property(size, size, size, size, fc.nat(), (a, b, c, d, place) => {
      const [first, second] = [Math.min(a, b), Math.max(a, b)];
      const [from, to] = [Math.min(c, d), Math.max(c, d)];
      const made = proveConsistency(first, second, subtreeRoots(LEAVES));
      expect(verifyConsistency(headOf(first), headOf(second), made)).toBe(true);
      const own = proveConsistency(from, to, subtreeRoots(LEAVES));
      expect(verifyConsistency(headOf(from), headOf(to), made)).toBe(own.join() === made.join());
      const other = headOf(second, digest("x"));
      expect(verifyConsistency(headOf(first), other, made)).toBe(first === 0 && second > 0);
      expect(verifyConsistency(headOf(first), headOf(second), [...made, HASH])).toBe(false);
      if (second > first)
        expect(verifyConsistency(headOf(second), headOf(first), made)).toBe(false);
      if (made.length === 0) return;
      expect(verifyConsistency(headOf(first), headOf(second), made.slice(1))).toBe(false);
      expect(verifyConsistency(headOf(first), headOf(second), made.slice(0, -1))).toBe(false);
      const bent = made.with(place % made.length, digest("x"));
      expect(verifyConsistency(headOf(first), headOf(second), bent)).toBe(false);
    }),
    { numRuns: 300 },
  );
});

test.each<[number, number]>([
  [0, 0],
  [1, 1],
  [2, 1],
  [-1, 1],
  [0.5, 1],
  [0, 1.5],
  [0, -1],
  [0, 2 ** 53],
  [Number.NaN, 1],
  [0, Number.NaN],
])("there is no leaf %d of a tree of %d, and no proof of it", (index, size) => {
  const why = "no such leaf or tree: it lies beyond the size given";
  expect(() => proveInclusion(index, size, subtreeRoots(LEAVES))).toThrow(why);
  expect(verifyInclusion(index, size, HASH, [], HASH)).toBe(false);
});

test.each<[number, number]>([
  [2, 1],
  [-1, 1],
  [0.5, 1],
  [0, 0.5],
  [0, 2 ** 53],
  [Number.NaN, 1],
])("no tree of %d is within one of %d", (first, second) => {
  const why = "no such leaf or tree: it lies beyond the size given";
  expect(() => proveConsistency(first, second, subtreeRoots(LEAVES))).toThrow(why);
  expect(
    verifyConsistency({ size: first, root: EMPTY_ROOT }, { size: second, root: HASH }, []),
  ).toBe(false);
});

test("the first tree of all is within every tree, and only by its own root", () => {
  const second = { size: 3, root: rootAt(3) };
  expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, second, [])).toBe(true);
  expect(verifyConsistency({ size: 0, root: HASH }, second, [])).toBe(false);
  expect(verifyConsistency({ size: 3, root: HASH }, second, [])).toBe(false);
  expect(verifyConsistency(second, second, [])).toBe(true);
  expect(verifyConsistency(second, second, [HASH])).toBe(false);
  expect(verifyConsistency({ size: 1, root: HASH }, second, [])).toBe(false);
});

test("what is no hash is none, wherever it stands", () => {
  const proof = proofOf(0, 3);
  const claim = { index: 0, size: 3, leaf: HASH, proof, root: rootAt(3) };
  expect(isIncluded(claim, hashChildren)).toBe(true);
  const bad = [
    HASH.slice(1),
    `${HASH}0`,
    HASH.toUpperCase(),
    `${HASH.slice(1)}\n`,
    ` ${HASH.slice(1)}`,
  ];
  for (const none of bad) {
    expect(isIncluded({ ...claim, leaf: none }, () => rootAt(3))).toBe(false);
    expect(isIncluded({ ...claim, proof: [none, ...proof.slice(1)] }, () => rootAt(3))).toBe(false);
    const first = { size: 1, root: HASH };
    const second = { size: 3, root: rootAt(3) };
    expect(verifyConsistency({ ...first, root: none }, second, [])).toBe(false);
    expect(verifyConsistency({ size: 0, root: EMPTY_ROOT }, { ...second, root: none }, [])).toBe(
      false,
    );
    expect(verifyConsistency({ size: 3, root: none }, { size: 3, root: none }, [])).toBe(false);
  }
});
