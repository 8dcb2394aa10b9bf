import { expect, test } from "vitest";
import { SLOT } from "../../../src/health/memory/layout.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import { seenSteps } from "../../../src/health/memory/seen-keys.ts";
import { isProbing, learnProbe } from "../../../src/health/signals/probe.ts";

/** Steps by one letter each, the user having spoken so many of them before. */
function isProbed(steps: string, sinceReset = steps.length): boolean {
  const memory = newMemory();
  for (const [at, step] of [...steps].entries()) {
    const key = step.charCodeAt(0);
    const isKnown = seenSteps.has(memory, key);
    seenSteps.add(memory, key);
    memory[SLOT.sinceReset] = Math.max(0, at + 1 - (steps.length - sinceReset));
    if (isKnown) learnProbe(memory, key);
  }
  return isProbing(memory);
}

test.each([
  ["six times in eleven steps", "PaPbPcPdPeP", 11, true],
  ["five times", "PaPbPcPdP", 9, false],
  ["six times in sixteen steps", "PabPcdPefPghPijP", 16, true],
  ["six times in seventeen steps", "PabcPdePfgPhiPjkP", 17, false],
  ["three steps ago", "PaPbPcPdPePxyz", 14, true],
  ["four steps ago", "PaPbPcPdPePwxyz", 15, false],
  ["six times, once before the user spoke", "PaPbPcPdPeP", 10, false],
  ["never again after all were new", "abcdefghijkl", 12, false],
])("a step that was made %s is probed, or not", (_what, steps, sinceReset, expected) => {
  expect(isProbed(steps, sinceReset)).toBe(expected);
});
