import { expect, test } from "vitest";
import { join, keyOf, keyOfDigest, tagged } from "../../../src/health/memory/key.ts";

test("a digest is known by its last 16 characters", () => {
  const end = "0123456789abcdef";
  expect(keyOfDigest(`something else ${end}`)).toBe(keyOfDigest(end));
  expect(keyOfDigest(`1${end.slice(1)}`)).not.toBe(keyOfDigest(end));
  expect(keyOfDigest("short")).toBe(keyOf("short"));
});

test("what differs has another key: a letter, an order, a tag, a length", () => {
  const [a, b] = [keyOf("a"), keyOf("b")];
  const keys = [a, b, keyOf("ab"), keyOf("ba"), keyOf(""), join(a, b), join(b, a), join(a, a)];
  const all = [...keys, tagged(a, 0), tagged(a, 1), tagged(b, 0)];
  expect(new Set(all).size).toBe(all.length);
});

test("keys stay as they are: a saved state is read with them", () => {
  expect([keyOf(""), keyOf("read"), join(1, 2), tagged(keyOf("read"), 3)]).toMatchInlineSnapshot(`
    [
      4523129247592846,
      289448100250778,
      4309244279593475,
      3804351210141958,
    ]
  `);
});
