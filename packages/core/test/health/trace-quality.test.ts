/** How much of a session's calls is known. */
import { expect, test } from "vitest";
import { newMemory } from "../../src/health/memory/saved-memory.ts";
import { identify } from "../../src/health/step/identity.ts";
import type { Step } from "../../src/health/step/step.ts";
import { learnQuality, qualityOf, type TraceQuality } from "../../src/health/trace-quality.ts";

const FULL: Step = {
  kind: "call",
  tool: "t",
  argumentsNorm: "a",
  resultNorm: "r",
  resultBytes: 40,
};
const NO_RESULT: Step = { kind: "call", tool: "t", argumentsNorm: "a" };
const NAME: Step = { kind: "call", tool: "t" };

type Group = readonly [
  count: number,
  step: Step,
  seen?: { isNewCall?: boolean; isNewAnswer?: boolean },
];
const again = { isNewCall: false };
const same = { isNewCall: false, isNewAnswer: false };

test.each<[string, readonly Group[], TraceQuality]>([
  ["no calls", [], "full"],
  ["calls that are known", [[9, FULL]], "full"],
  [
    "a tenth without results",
    [
      [9, FULL],
      [1, NO_RESULT],
    ],
    "full",
  ],
  [
    "more than a tenth without results",
    [
      [8, FULL],
      [1, NO_RESULT],
    ],
    "partial",
  ],
  [
    "half of which are mere names",
    [
      [5, FULL],
      [5, NAME],
    ],
    "partial",
  ],
  [
    "more than half of which are mere names",
    [
      [5, FULL],
      [6, NAME],
    ],
    "labels",
  ],
  [
    "twelve repeats, of which none has a known answer",
    [
      [1, FULL],
      [12, FULL, again],
    ],
    "unstable_hashes",
  ],
  [
    "eleven repeats, of which none has a known answer",
    [
      [1, FULL],
      [11, FULL, again],
    ],
    "full",
  ],
  [
    "fifty repeats, of which one has a known answer",
    [
      [49, FULL, again],
      [1, FULL, same],
    ],
    "full",
  ],
  [
    "51 repeats, of which one has a known answer",
    [
      [50, FULL, again],
      [1, FULL, same],
    ],
    "unstable_hashes",
  ],
  [
    "repeats of which no result is known",
    [
      [100, FULL],
      [11, NO_RESULT, again],
      [11, FULL, again],
    ],
    "full",
  ],
])("a session of %s is %s", (_what, groups, quality) => {
  const memory = newMemory();
  for (const [count, step, seen] of groups) {
    const recognition = {
      isRepeat: false,
      isStale: false,
      isNewCall: true,
      isNewAnswer: true,
      ...seen,
    };
    for (let at = 0; at < count; at++) learnQuality(memory, identify(step), recognition);
  }
  expect(qualityOf(memory)).toBe(quality);
});
