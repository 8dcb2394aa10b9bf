import { expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { seenSteps } from "../../../src/health/memory/seen-keys.ts";
import {
  countFact,
  distinct,
  FACT,
  factIf,
  remember,
} from "../../../src/health/signals/history.ts";

test("each fact is counted by itself, over as many of the latest steps as are asked for", () => {
  const memory = newMemory();
  const facts = Object.values(FACT);
  // Of 40 steps, the fact with number n is so at every step that n + 2 divides.
  for (let step = 1; step <= 40; step++) {
    remember(
      memory,
      facts.reduce<number>((all, fact) => all | factIf(fact, step % (fact + 2) === 0), 0),
    );
  }
  for (const fact of facts) {
    for (const window of [1, 2, 12, 16, 31, 32]) {
      let expected = 0;
      for (let step = 41 - window; step <= 40; step++) if (step % (fact + 2) === 0) expected += 1;
      expect(countFact(memory, fact, window), `fact ${fact} over ${window}`).toBe(expected);
    }
  }
});

test("no more than 32 steps are remembered", () => {
  const memory = newMemory();
  for (let step = 0; step < 40; step++) remember(memory, factIf(FACT.write, true));
  expect([countFact(memory, FACT.write, 32), countFact(memory, FACT.write, 99)]).toEqual([32, 32]);
  expect(countFact(memory, FACT.repeat, 32)).toBe(0);
});

test.each([
  [[1, 1, 1, 1], 4, 9, 1],
  [[1, 2, 1, 2], 4, 9, 2],
  [[1, 2, 3, 4], 4, 9, 4],
  [[1, 2, 3, 4], 2, 9, 2],
  [[9, 9, 1, 2], 2, 9, 2],
  [[1, 2, 3, 4], 4, 2, 3],
  [[1, 2, 2, 1], 4, 2, 2],
])(
  "of %j the last %i have different keys, counted up to one more than %i: %i",
  (keys, window, limit, expected) => {
    const memory = newMemory();
    for (const key of keys) seenSteps.add(memory, key);
    expect(distinct(memory, window, limit)).toBe(expected);
  },
);
