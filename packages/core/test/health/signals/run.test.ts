import { beforeEach, expect, test } from "vitest";
import { momentOf } from "../../../src/health/memory/moment.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { Run } from "../../../src/health/signals/run.ts";

const NOW_MS = 1_700_000_000_000;
const run = new Run(100);
let memory = newMemory();
beforeEach(() => {
  memory = newMemory();
});
const extend = (key: number, step: number, { attempt = step, traits = 0 } = {}) =>
  run.extend(memory, key, traits, { step, atMs: NOW_MS, attempt });

test("counts what comes in a row, and has the step and time of its first", () => {
  extend(5, 3);
  extend(5, 4);
  expect([run.key(memory), run.length(memory), run.firstStep(memory)]).toEqual([5, 2, 3]);
  expect(run.firstMoment(memory)).toBe(momentOf(3, NOW_MS));
});

test("begins anew with another key, and forgets what the first one was", () => {
  extend(5, 3, { traits: 1 });
  extend(6, 4, { traits: 2 });
  expect([run.key(memory), run.length(memory)]).toEqual([6, 1]);
  expect([run.firstStep(memory), run.traits(memory)]).toEqual([4, 2]);
});

test("counts the calls of one attempt once, and has the traits of all of them", () => {
  extend(5, 3, { attempt: 1, traits: 1 });
  extend(5, 4, { attempt: 1, traits: 2 });
  expect([run.length(memory), run.traits(memory)]).toEqual([1, 3]);
  expect([run.isLatest(memory, 1), run.isLatest(memory, 2)]).toEqual([true, false]);
  extend(5, 5, { attempt: 2 });
  expect([run.length(memory), run.isLatest(memory, 2)]).toEqual([2, true]);
});

test("counts a new key also within the attempt that the old one was counted in", () => {
  extend(5, 3, { attempt: 1 });
  extend(6, 4, { attempt: 1 });
  expect(run.length(memory)).toBe(1);
});

test("is marked by what comes between while there is one, and by nothing else", () => {
  run.mark(memory, 4);
  expect(run.traits(memory)).toBe(0);
  extend(5, 1, { traits: 1 });
  run.mark(memory, 4);
  expect(run.traits(memory)).toBe(5);
});

test("is gone when it ends, and touches nothing beside it", () => {
  memory[99] = 7;
  memory[105] = 8;
  extend(5, 3, { traits: 1 });
  run.end(memory);
  expect(memory.subarray(99, 106)).toEqual(Float64Array.of(7, 0, 0, 0, 0, 0, 8));
});
