/** What failure_risk is made of. */
import { describe, expect, test } from "vitest";
import {
  FEATURES,
  type Features,
  failureRisk,
  featuresOf,
  learnRisk,
  noteDialogue,
  noteKind,
  unknownRisk,
} from "../../src/health/failure-risk.ts";
import { SLOT } from "../../src/health/memory/layout.ts";
import { newMemory } from "../../src/health/memory/saved-memory.ts";
import type { Signals } from "../../src/health/scores/uds.ts";
import { FACT, factIf, remember } from "../../src/health/signals/history.ts";
import { errors } from "../../src/health/signals/tries.ts";
import { identify } from "../../src/health/step/identity.ts";
import type { Step } from "../../src/health/step/step.ts";

const STILL: Signals = {
  step: 10,
  number: 10,
  variety: 4,
  novelty: 0.75,
  substance: 0.5,
  repeatShare: 0.25,
  longestRun: 2,
  looping: false,
  stuckSteps: 0,
  writes: 0,
};
const CALL: Step = { kind: "call", tool: "t", op: "read", argumentsNorm: "a", resultNorm: "r" };
const seen = { isRepeat: false, isNewCall: true, isNewAnswer: true, isStale: false };

/** The features after some calls, at the tenth step. */
function after(learned: readonly (readonly [Partial<Step>, Partial<typeof seen>])[]): Features {
  const memory = newMemory();
  for (const [at, [facts, recognition]] of learned.entries()) {
    memory[SLOT.steps] = at + 1;
    learnRisk(memory, identify({ ...CALL, ...facts }), { ...seen, ...recognition });
  }
  return featuresOf(memory, STILL);
}

describe("a feature is", () => {
  const long = { resultBytes: 40 };

  test.each<[string, Partial<Features>, Features]>([
    ["the length, half of it at 15 steps", { length: 10 / 25 }, after([])],
    [
      "failing calls as a share",
      { failing: 0.2 },
      after([
        [{ status: "error" }, {}],
        [{ status: "denied" }, {}],
        [{}, {}],
      ]),
    ],
    [
      "failures of late, each weighing less",
      { failingLately: 0.12 * 0.88 },
      after([
        [{ status: "error" }, {}],
        [{}, {}],
      ]),
    ],
    [
      "repeats as a share",
      { repeats: 0.1 },
      after([
        [{}, { isRepeat: true }],
        [{}, {}],
      ]),
    ],
    [
      "answers that say nothing",
      { emptyAnswers: 0.1 },
      after([
        [{ resultBytes: 2 }, {}],
        [long, {}],
      ]),
    ],
    [
      "no answer that nobody heard",
      { emptyAnswers: 0 },
      after([[{ resultNorm: undefined as never }, {}]]),
    ],
    [
      "steps since the last new change",
      { sinceNewWrite: 8 / 23 },
      after([
        [long, {}],
        [{ op: "write" }, {}],
        [long, {}],
      ]),
    ],
    [
      "not those since a change that failed",
      { sinceNewWrite: 10 / 25 },
      after([[{ op: "write", status: "error" }, {}]]),
    ],
    [
      "not those since a change that was known",
      { sinceNewWrite: 10 / 25 },
      after([[{ op: "write" }, { isRepeat: true }]]),
    ],
    [
      "what the scores know",
      {
        repeatsLately: 0.25,
        longestRun: 0.25,
        monotony: 0.25,
        lowNovelty: 0.25,
        lowSubstance: 0.5,
      },
      after([]),
    ],
  ])("%s", (_what, expected, features) => {
    for (const [name, value] of Object.entries(expected)) {
      expect(features[name as keyof Features], name).toBeCloseTo(value, 12);
    }
  });

  test("a loop that stands, and one that stood", () => {
    const memory = newMemory();
    const { looping, looped } = featuresOf(memory, { ...STILL, looping: true });
    expect([looping, looped]).toEqual([1, 0]);
    memory[SLOT.looped] = 1;
    expect(featuresOf(memory, STILL)).toMatchObject({ looping: 0, looped: 1 });
  });

  test("answers and changes of the last 16 steps, as a share", () => {
    const memory = newMemory();
    expect(featuresOf(memory, STILL)).toMatchObject({ oldAnswersLately: 0, writesLately: 0 });
    remember(memory, factIf(FACT.oldAnswer, true));
    remember(memory, factIf(FACT.newAnswer, true) | factIf(FACT.write, true));
    for (let step = 0; step < 2; step++) remember(memory, factIf(FACT.newAnswer, true));
    expect(featuresOf(memory, STILL)).toMatchObject({ oldAnswersLately: 0.25, writesLately: 0.1 });
    expect(featuresOf(memory, { ...STILL, step: 40 }).writesLately).toBe(1 / 16);
  });

  test("a run, full at eight", () => {
    const memory = newMemory();
    const runs = (length: number) => {
      const place = { step: length, atMs: 0, attempt: length };
      errors.extend(memory, 1, 0, place);
      const { errorRun, longestRun } = featuresOf(memory, { ...STILL, longestRun: length });
      return [errorRun, longestRun];
    };
    const all = Array.from({ length: 9 }, (_, index) => runs(index + 1));
    expect([all[0], all[7], all[8]]).toEqual([
      [1 / 8, 1 / 8],
      [1, 1],
      [1, 1],
    ]);
  });
});

test("of a session without a step, every feature is a number", () => {
  const features = featuresOf(newMemory(), { ...STILL, step: 0, longestRun: 0 });
  for (const name of FEATURES) expect(Number.isFinite(features[name]), name).toBe(true);
});

test("the risk rises with each feature that has a weight, and with none it falls", () => {
  // Each feature is a number from 0 to 1, and the record has each name once.
  const none = Object.fromEntries(FEATURES.map((name) => [name, 0])) as Record<
    keyof Features,
    number
  >;
  expect(failureRisk(none)).toBe(0.5);
  const rising = FEATURES.filter((name) => failureRisk({ ...none, [name]: 1 }) > 0.5);
  const weightless = ["writesLately", "monotony"];
  expect(rising).toEqual(FEATURES.filter((name) => !weightless.includes(name)));
  for (const name of weightless) expect(failureRisk({ ...none, [name]: 1 })).toBe(0.5);
});

describe("nothing is told of the risk", () => {
  const reason = (ops: readonly Step["op"][], speaks = false) => {
    const memory = newMemory();
    if (speaks) noteDialogue(memory);
    for (const op of ops) {
      memory[SLOT.steps] = (memory[SLOT.steps] ?? 0) + 1;
      noteKind(memory, op === undefined ? {} : { op });
    }
    return unknownRisk(memory);
  };
  const calls = (count: number, op?: Step["op"]) => Array.from({ length: count }, () => op);

  test.each([
    ["before the fifth call", calls(4), "too_early"],
    ["from the fifth on, no more", calls(5), undefined],
    [
      "where less than half is of no named operation",
      [...calls(4), ...calls(5, "read")],
      "unproven_work",
    ],
    ["where half of it is, no more", [...calls(5), ...calls(5, "read")], undefined],
    ["where more than a tenth are changes", [...calls(8), "write"] as const, "unproven_work"],
    ["where a tenth is, no more", [...calls(9), "write"] as const, undefined],
    ["of named operations, the named one called other is none", calls(5, "other"), undefined],
  ] as const)("%s", (_when, ops, expected) => {
    expect(reason(ops)).toBe(expected);
  });

  test("where a user spoke after the first step", () => {
    expect(reason(calls(5), true)).toBeUndefined();
    const memory = newMemory();
    memory[SLOT.steps] = 1;
    noteDialogue(memory);
    expect(unknownRisk(memory)).toBe("dialogue");
  });
});
