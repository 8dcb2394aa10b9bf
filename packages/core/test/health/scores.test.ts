import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { squash } from "../../src/health/failure-risk.ts";
import { tierOf } from "../../src/health/scores/tier.ts";
import { combine, type Signals, scoresOf, udsOf } from "../../src/health/scores/uds.ts";

const below = (value: number) => value - value * Number.EPSILON;
const share = fc.double({ min: 0, max: 1, noNaN: true });
const signals: fc.Arbitrary<Signals> = fc.record({
  step: fc.integer({ min: 1, max: 1_000 }),
  number: fc.constant(1),
  variety: fc.double({ min: 1, max: 20, noNaN: true }),
  novelty: share,
  substance: share,
  repeatShare: share,
  longestRun: fc.integer({ min: 0, max: 50 }),
  looping: fc.boolean(),
  stuckSteps: fc.integer({ min: 0, max: 50 }),
  writes: fc.integer({ min: 0, max: 12 }),
});

describe("the tier", () => {
  test.each([
    [1, "T1"],
    [0.85, "T1"],
    [below(0.85), "T2"],
    [0.7, "T2"],
    [below(0.7), "T3"],
    [0.5, "T3"],
    [below(0.5), "T4"],
    [0.3, "T4"],
    [below(0.3), "T5"],
    [0, "T5"],
  ] as const)("of %d is %s", (uds, tier) => {
    expect(tierOf(uds)).toBe(tier);
  });
});

describe("the unified score", () => {
  test("is at most 0.30 without substance, and at most 0.70 without coherence", () => {
    fc.assert(
      fc.property(share, share, (tcr, other) => {
        expect(combine({ tcr, esr: 0, sci: other })).toBeLessThanOrEqual(0.3);
        expect(combine({ tcr, esr: other, sci: 0 })).toBeLessThanOrEqual(0.7);
      }),
    );
    expect(combine({ tcr: 1, esr: 1, sci: 1 })).toBe(1);
  });

  test("is T5 while a hard rule stands", () => {
    fc.assert(
      fc.property(signals, (some) => {
        const looping = { ...some, looping: true };
        expect(tierOf(udsOf(scoresOf(looping), looping))).toBe("T5");
      }),
    );
  });

  test("of a short session is never excellent", () => {
    fc.assert(
      fc.property(signals, fc.integer({ min: 1, max: 4 }), (some, step) => {
        expect(udsOf(scoresOf(some), { ...some, step, looping: false })).toBeLessThanOrEqual(0.84);
      }),
    );
  });

  test("is that of its formula from step 5 on", () => {
    const best = { looping: false, stuckSteps: 0, variety: 3, writes: 3 };
    const perfect = { tcr: 1, esr: 1, sci: 1 };
    expect(udsOf(perfect, { ...best, step: 4 })).toBeCloseTo(0.84, 12);
    expect(udsOf(perfect, { ...best, step: 5 })).toBe(1);
    expect(udsOf(perfect, { ...best, step: 5, stuckSteps: 5 })).toBe(0.69);
  });

  test("of what gets nowhere is below T2 after 5 steps, and below T3 after 12 without a change", () => {
    fc.assert(
      fc.property(signals, (some) => {
        const tierAfter = (stuckSteps: number, writes: number) => {
          const stuck = { ...some, step: 40, variety: 3, looping: false, stuckSteps, writes };
          return tierOf(udsOf(scoresOf(stuck), stuck));
        };
        expect(tierAfter(5, 0) >= "T3").toBe(true);
        expect(tierAfter(12, 1) >= "T4").toBe(true);
        expect(tierAfter(12, 2)).toBe(tierAfter(5, 0));
      }),
    );
  });

  test("of one kind of work alone is below T2 from step 16 on", () => {
    const good = {
      number: 1,
      novelty: 1,
      substance: 1,
      repeatShare: 0,
      longestRun: 0,
      looping: false,
      stuckSteps: 0,
      writes: 0,
    };
    const tierOfWork = (step: number, variety: number) =>
      tierOf(udsOf(scoresOf({ ...good, step, variety }), { ...good, step, variety }));
    expect([tierOfWork(15, 1), tierOfWork(16, 1), tierOfWork(16, 1.2)]).toEqual(["T2", "T3", "T2"]);
  });

  test.each([
    ["one kind of work, nothing new", { variety: 1, novelty: 0 }, { tcr: 0.25 * 0.5 }],
    ["two kinds, all new", { variety: 2, novelty: 1 }, { tcr: 0.25 + 0.75 / 1.8 }],
    ["2.8 kinds are all that can be wanted", { variety: 2.8, novelty: 1 }, { tcr: 1 }],
    ["half of a step's substance", { substance: 0.5 }, { esr: 0.575 }],
    ["more substance than can be wanted", { substance: 0.9 }, { esr: 1 }],
    ["a quarter of repeats", { repeatShare: 0.25 }, { sci: 1 - 0.55 / 4 }],
    ["a run of two", { longestRun: 2 }, { sci: 1 - 0.45 / 2 }],
    ["a run of four", { longestRun: 4 }, { sci: 0.55 }],
    ["a longer run", { longestRun: 9 }, { sci: 0.55 }],
    ["a loop", { looping: true }, { sci: 0.3 }],
  ])("is made of scores by their formulas: %s", (_what, facts, expected) => {
    const plain = { step: 9, number: 1, variety: 1, novelty: 1, substance: 1, repeatShare: 0 };
    const signals = { ...plain, longestRun: 0, looping: false, stuckSteps: 0, writes: 0, ...facts };
    const scores = scoresOf(signals);
    for (const [name, value] of Object.entries(expected)) {
      expect(scores[name as keyof typeof scores]).toBeCloseTo(value, 12);
    }
  });

  test("falls with every repeat and rises with every new step", () => {
    fc.assert(
      fc.property(signals, share, (some, more) => {
        const score = (one: Signals) => udsOf(scoresOf(one), one);
        const step = { ...some, step: 9 };
        const repeating = { ...step, repeatShare: Math.max(step.repeatShare, more) };
        const renewed = { ...step, novelty: Math.max(step.novelty, more) };
        expect(score(repeating)).toBeLessThanOrEqual(score(step));
        expect(score(renewed)).toBeGreaterThanOrEqual(score(step));
      }),
    );
  });
});

test("failure_risk rises with its score and stays close to the logistic function", () => {
  let before = -1;
  for (let z = -8; z <= 8; z += 0.01) {
    const risk = squash(z);
    expect(risk).toBeGreaterThanOrEqual(before);
    expect(Math.abs(risk - 1 / (1 + Math.exp(-z)))).toBeLessThan(0.013);
    before = risk;
  }
});
