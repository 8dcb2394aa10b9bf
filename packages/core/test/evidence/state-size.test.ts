import { serialize } from "node:v8";
import { expect, test } from "vitest";
import { RunWriter } from "../../src/evidence/run-writer.ts";
import { CompactRange } from "../../src/evidence/tree/compact-range.ts";
import { hashLeaf } from "../../src/evidence/tree/leaf.ts";
import { identityOf } from "./records.ts";

/** The size below a million whose tree keeps the most subtree roots: all but one bit are set. */
const WORST_SIZE = 983_039;

test("the tree of an open session of a million records takes less than 1 KiB", () => {
  const hash = hashLeaf("x");
  for (const size of [1_000_000, WORST_SIZE, 2 ** 20 - 1]) {
    const bits = size.toString(2).replaceAll("0", "").length;
    const range = CompactRange.restore({ size, hashes: hash.repeat(bits) });
    expect(range.byteLength).toBeLessThanOrEqual(640);
    expect(range.root).toMatch(/^[0-9a-f]{64}$/);
  }
});

test("what a run needs to go on is the tree, a head and a number", () => {
  const bits = WORST_SIZE.toString(2).replaceAll("0", "").length;
  const tree = { size: WORST_SIZE, hashes: hashLeaf("x").repeat(bits) };
  const writer = new RunWriter(identityOf(1), { seq: WORST_SIZE, head: hashLeaf("y"), tree });
  const { state } = writer;
  const binary = serialize({ ...state, tree: Buffer.from(state.tree.hashes, "hex") });
  expect(binary.byteLength).toBeLessThanOrEqual(1_024);
});
