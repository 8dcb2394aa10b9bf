/** What lowers a score where no rule found a loop: what costs most comes first. */
import { describe, expect, test } from "vitest";
import { SLOT } from "../../../src/health/memory/layout.ts";
import { momentOf } from "../../../src/health/memory/moment.ts";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import type { Signals } from "../../../src/health/scores/uds.ts";
import { weaknessesOfScore, weaknessOfRegime } from "../../../src/health/scores/weakness.ts";
import { FACT, factIf, remember } from "../../../src/health/signals/history.ts";
import type { Run } from "../../../src/health/signals/run.ts";
import { answers, calls, failures, repeats, speeches } from "../../../src/health/signals/runs.ts";
import { errors } from "../../../src/health/signals/tries.ts";

const GOOD: Signals = {
  step: 40,
  number: 40,
  variety: 2.8,
  novelty: 1,
  substance: 1,
  repeatShare: 0,
  longestRun: 0,
  looping: false,
  stuckSteps: 0,
  writes: 3,
};

/** A memory in which runs stand, each from a step on for so many steps. */
function memoryOf(...runs: readonly (readonly [run: Run, from: number, length: number])[]) {
  const memory = newMemory();
  for (const [run, from, length] of runs) {
    for (let at = 0; at < length; at++) {
      run.extend(memory, 7, 0, { step: from + at, atMs: 0, attempt: from + at });
    }
  }
  return memory;
}
const written = (
  weak: { rule: string; period: number; cycles: number; fromStep: number } | undefined,
) => weak && `${weak.rule}:p${weak.period}x${weak.cycles} from ${weak.fromStep}`;

describe("of a regime", () => {
  test.each([
    ["REASONING_LOOP", "talk:p1x5 from 36"],
    ["STAGNATION", "same_answers:p1x6 from 35"],
    ["FUNNEL_TRAP", "narrow_search:p0x10 from 31"],
    ["GRIND", "failures:p1x3 from 38"],
    ["STABLE", undefined],
    ["LOOP", undefined],
  ] as const)("%s is: %s", (regime, expected) => {
    const memory = memoryOf([speeches, 36, 5], [answers, 35, 6], [errors, 38, 3]);
    expect(written(weaknessOfRegime(memory, regime, GOOD))).toBe(expected);
  });

  test("GRIND without three failures is repeats, in a row or among the last sixteen", () => {
    const memory = memoryOf([errors, 39, 2], [repeats, 37, 4]);
    for (let step = 0; step < 4; step++) remember(memory, factIf(FACT.stale, true));
    expect(written(weaknessOfRegime(memory, "GRIND", GOOD))).toBe("repeats:p0x4 from 37");
    remember(memory, factIf(FACT.stale, true));
    expect(written(weaknessOfRegime(memory, "GRIND", GOOD))).toBe("repeats:p0x5 from 25");
    const early = { ...GOOD, number: 9 };
    expect(written(weaknessOfRegime(memory, "GRIND", early))).toBe("repeats:p0x5 from 1");
  });
});

describe("of a score", () => {
  const weak = (signals: Partial<Signals>, memory = newMemory()) =>
    weaknessesOfScore(memory, { ...GOOD, ...signals }).map(written);

  test("there is none where all is well, or little would be gained", () => {
    expect(weak({})).toEqual([]);
    expect(weak({ variety: 2.7 })).toEqual([]);
  });

  test.each<[string, Partial<Signals>, string]>([
    ["little is done", { substance: 0.3 }, "little_done:p0x1 from 40"],
    ["little is new", { novelty: 0.2 }, "little_new:p0x1 from 40"],
    ["one kind of work is done", { variety: 1.1 }, "one_kind_of_work:p0x1 from 40"],
    ["much is repeated", { repeatShare: 0.5 }, "repeats:p0x0 from 0"],
  ])("it is what is the matter where %s", (_what, signals, expected) => {
    expect(weak(signals)).toEqual([expected]);
  });

  test("it is counted from the step at which the score fell", () => {
    const memory = newMemory();
    memory[SLOT.lowered] = momentOf(33, 1_700_000_000_000);
    expect(weak({ substance: 0.3 }, memory)).toEqual(["little_done:p0x8 from 33"]);
  });

  test.each([
    [{ substance: 0.4, variety: 1.1 }, "little_done one_kind_of_work"],
    [{ substance: 0.8, variety: 1.1 }, "one_kind_of_work little_done"],
  ])("what costs most comes first: with %j, %s", (signals, order) => {
    expect(
      weak(signals)
        .map((one) => one?.split(":")[0])
        .join(" "),
    ).toBe(order);
  });

  test.each([
    ["equal calls", memoryOf([calls, 35, 6], [failures, 37, 4]), "same_call:p1x6 from 35"],
    ["failing calls", memoryOf([calls, 37, 4], [failures, 35, 6]), "failures:p0x6 from 35"],
    [
      "equal calls that fail",
      memoryOf([calls, 35, 6], [failures, 35, 6]),
      "same_call:p1x6 from 35",
    ],
    [
      "repeats, as many as those",
      memoryOf([calls, 35, 6], [repeats, 36, 5]),
      "repeats:p0x5 from 36",
    ],
    [
      "repeats, fewer than those",
      memoryOf([calls, 35, 6], [repeats, 37, 4]),
      "same_call:p1x6 from 35",
    ],
  ])("of runs the longest is told: %s", (_what, memory, expected) => {
    expect(weak({ longestRun: 5 }, memory)).toEqual([expected]);
  });
});
