import { expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { seenAnswers, seenCalls, seenSteps } from "../../../src/health/memory/seen-keys.ts";

test("64 calls and 64 answers are remembered, each apart from the other", () => {
  for (const seen of [seenCalls, seenAnswers]) {
    const memory = newMemory();
    for (let key = 1; key <= 65; key++) seen.add(memory, key);
    expect([1, 2, 65, 66].map((key) => seen.has(memory, key))).toEqual([false, true, true, false]);
    expect(seen.count(memory)).toBe(65);
  }
  const memory = newMemory();
  seenCalls.add(memory, 7);
  expect([seenAnswers, seenSteps].map((seen) => seen.has(memory, 7))).toEqual([false, false]);
  expect([seenAnswers, seenSteps].map((seen) => seen.count(memory))).toEqual([0, 0]);
});

test("what was never added is not there, not even the key of what is not known", () => {
  const memory = newMemory();
  expect(seenCalls.has(memory, 0)).toBe(false);
  seenCalls.add(memory, 5);
  expect(seenCalls.has(memory, 0)).toBe(false);
});

test("a key is counted among the latest ones", () => {
  const memory = newMemory();
  for (const key of [4, 5, 4, 6, 4]) seenSteps.add(memory, key);
  const counts = [0, 1, 2, 3, 5, 99].map((window) => seenSteps.occurrences(memory, 4, window));
  expect(counts).toEqual([0, 1, 1, 2, 3, 3]);
  expect([0, 1, 4, 5].map((ago) => seenSteps.keyAgo(memory, ago))).toEqual([4, 6, 4, 0]);
});
