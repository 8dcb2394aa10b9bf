import { expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import {
  averageSubstance,
  beginAverages,
  learnNovelty,
  learnSubstance,
  novelty,
} from "../../../src/health/signals/averages.ts";

test("a session is taken to be new and substantial until its steps say otherwise", () => {
  const memory = newMemory();
  beginAverages(memory);
  expect([novelty(memory), averageSubstance(memory)]).toEqual([1, 1]);
  learnNovelty(memory, 0, 0);
  learnSubstance(memory, 0.5, 0);
  expect([novelty(memory), averageSubstance(memory)]).toEqual([0.5, 0.75]);
});

test("the first eight steps weigh alike, with the good beginning; then each weighs 0.12", () => {
  const memory = newMemory();
  beginAverages(memory);
  for (let before = 0; before < 8; before++) {
    learnNovelty(memory, 0, before);
    expect(novelty(memory)).toBeCloseTo(1 / (before + 2), 12);
  }
  const [before] = [novelty(memory)];
  learnNovelty(memory, 1, 8);
  expect(novelty(memory)).toBeCloseTo(before + 0.12 * (1 - before), 12);
});
