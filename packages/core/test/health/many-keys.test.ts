import { expect, test } from "vitest";
import { join, keyOf } from "../../src/health/memory/key.ts";

test("keys of 900,000 texts and pairs differ, and fit a double exactly", () => {
  const all = new Set<number>();
  for (let index = 0; index < 300_000; index++) all.add(keyOf(`text ${index}`));
  for (let index = 0; index < 300_000; index++) all.add(join(keyOf("a"), index));
  for (let index = 0; index < 300_000; index++) all.add(join(index, keyOf("a")));
  expect(all.size).toBe(900_000);
  for (const key of all)
    if (!Number.isSafeInteger(key) || key <= 0) expect(key).toBe("a safe integer");
});
