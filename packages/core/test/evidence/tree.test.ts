import fc from "fast-check";
import { expect, test } from "vitest";
import { CompactRange } from "../../src/evidence/tree/compact-range.ts";
import { EMPTY_ROOT } from "../../src/evidence/tree/inclusion.ts";
import { hashLeaf, sha256 } from "../../src/evidence/tree/leaf.ts";
import {
  proveConsistency,
  proveInclusion,
  rootOf,
  subtreeRoots,
  verifyConsistency,
  verifyInclusion,
} from "../../src/evidence/tree/proofs.ts";
import own from "./fixtures/merkle.json" with { type: "json" };
import log from "./fixtures/upstream-checkpoints.json" with { type: "json" };
import upstream from "./fixtures/upstream-merkle.json" with { type: "json" };

const hexOfBase64 = (text: string | null) => Buffer.from(text ?? "", "base64").toString("hex");
const hexOfAll = (texts: readonly string[] | null) => (texts ?? []).map(hexOfBase64);
const leavesOf = (count: number) =>
  Array.from({ length: count }, (_, index) => hashLeaf(`dev:${index}`));

test("roots for 0 to 17 leaves are as published, in one piece and appended", () => {
  const range = new CompactRange();
  for (let size = 0; size <= 17; size += 1) {
    const root = own.roots[String(size) as keyof typeof own.roots];
    expect(rootOf(leavesOf(size))).toBe(root);
    expect(range.root).toBe(root);
    range.append(hashLeaf(`dev:${size}`));
  }
  expect(EMPTY_ROOT).toBe(sha256(""));
});

test("every inclusion proof, good or bad, is judged as the RFC judges it", () => {
  for (const { index, size, leafHash, proof, root, desc, valid } of own.inclusion) {
    expect(verifyInclusion(index, size, leafHash, proof, root), desc).toBe(valid);
  }
  for (const { leafIdx, treeSize, leafHash, proof, root, desc, wantErr } of upstream.inclusion) {
    const good = verifyInclusion(
      leafIdx,
      treeSize,
      hexOfBase64(leafHash),
      hexOfAll(proof),
      hexOfBase64(root),
    );
    expect(good, desc).toBe(!wantErr);
  }
});

test("every consistency proof, good or bad, is judged as the RFC judges it", () => {
  for (const { size1, size2, root1, root2, proof, desc, valid } of own.consistency) {
    const first = { size: size1, root: root1 };
    expect(verifyConsistency(first, { size: size2, root: root2 }, proof), desc).toBe(valid);
  }
  for (const { size1, size2, root1, root2, proof, desc, wantErr } of upstream.consistency) {
    const first = { size: size1, root: hexOfBase64(root1) };
    const second = { size: size2, root: hexOfBase64(root2) };
    // Two entries use roots that are not 32 bytes long, which cannot be roots of this tree.
    const wellFormed = first.root.length === 64 && second.root.length === 64;
    expect(verifyConsistency(first, second, hexOfAll(proof)), desc).toBe(!wantErr && wellFormed);
  }
});

test("the leaves of the public test log give the roots of its checkpoints", () => {
  const range = new CompactRange();
  for (const [index, leaf] of log.leafHashesHex.entries()) {
    range.append(leaf);
    const root = log.checkpoints[index]?.split("\n")[2] ?? "";
    expect(range.root).toBe(hexOfBase64(root));
  }
});

test("every proof made is accepted, and no other index, size or leaf with it", () => {
  const leaves = leavesOf(70);
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(), fc.nat(), (size, at, other) => {
      const index = at % size;
      const root = rootOf(leaves.slice(0, size));
      const proof = proveInclusion(index, size, subtreeRoots(leaves));
      const leaf = leaves[index] ?? "";
      expect(verifyInclusion(index, size, leaf, proof, root)).toBe(true);
      const wrong = other % 70;
      if (wrong !== index) {
        expect(verifyInclusion(wrong, size, leaf, proof, root)).toBe(false);
        expect(verifyInclusion(index, size, leaves[wrong] ?? "", proof, root)).toBe(false);
      }
      const smaller = other % (size + 1);
      const consistency = proveConsistency(smaller, size, subtreeRoots(leaves));
      const first = { size: smaller, root: rootOf(leaves.slice(0, smaller)) };
      expect(verifyConsistency(first, { size, root }, consistency)).toBe(true);
      if (smaller > 0) {
        const forged = { size: smaller, root: sha256("other") };
        expect(verifyConsistency(forged, { size, root }, consistency)).toBe(false);
      }
    }),
    { numRuns: 300 },
  );
});

test("hashes that are no hashes prove nothing", () => {
  const [a = "", b = ""] = leavesOf(2);
  const root = rootOf([a, b]);
  expect(verifyInclusion(0, 2, a, [b], root)).toBe(true);
  expect(verifyInclusion(0, 2, a, [b.slice(2)], root)).toBe(false);
  expect(verifyInclusion(0, 2, a, [b.toUpperCase()], root)).toBe(false);
  expect(verifyInclusion(0, 2, a, [""], root)).toBe(false);
});

test("a tree goes on from its stored state, which grows with the logarithm of its size", () => {
  const range = new CompactRange();
  const copies: CompactRange[] = [];
  for (let index = 0; index < 300; index += 1) {
    if (index % 50 === 0) copies.push(CompactRange.restore(range.state));
    for (const tree of [range, ...copies]) tree.append(hashLeaf(`dev:${index}`));
  }
  for (const copy of copies) expect(copy.root).toBe(range.root);
  expect(range.byteLength).toBeLessThanOrEqual(16 * 32);
});

test.each([
  { size: -1, hashes: "" },
  { size: 1.5, hashes: "" },
  { size: 3, hashes: "00".repeat(32) },
  { size: 1, hashes: "zz".repeat(32) },
])("a stored state that describes no tree is refused: $size", (state) => {
  expect(() => CompactRange.restore(state)).toThrow("tree");
});
