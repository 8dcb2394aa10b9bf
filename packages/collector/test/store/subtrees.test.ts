import { CompactRange, sha256, subtreeRoots } from "@caum/core/collector";
import { expect, test } from "vitest";
import { BLOCK_LEAVES, subtreeRootsFrom } from "../../src/store/subtrees.ts";

const leaves = Array.from({ length: 3 * BLOCK_LEAVES + 77 }, (_, at) => sha256(`${at}`));

test("stored blocks give the same roots as all leaves", () => {
  const whole = subtreeRoots(leaves);
  const blocks = Math.floor(leaves.length / BLOCK_LEAVES);
  let asked = 0;
  const stored = subtreeRootsFrom({
    blocks,
    block: (number) => whole(number * BLOCK_LEAVES, (number + 1) * BLOCK_LEAVES),
    leaf(index) {
      asked += 1;
      return leaves[index] ?? "";
    },
  });
  for (const size of [0, 1, 255, 256, 257, 512, 700, leaves.length]) {
    const tree = new CompactRange();
    for (const leaf of leaves.slice(0, size)) tree.append(leaf);
    expect(stored(0, size)).toBe(tree.root);
  }
  asked = 0;
  stored(0, leaves.length);
  expect(asked).toBeLessThan(BLOCK_LEAVES);
});
