import { expect, test } from "vitest";
import type { Assessment } from "../../../src/health/assessment.ts";
import { Health } from "../../../src/health/health.ts";
import {
  dominantRegime,
  NOTHING_YET,
  summarize,
} from "../../../src/health/session/session-summary.ts";
import { Script } from "../families/script.ts";

const PAGE = "the same page, word for word, as at the last try";

test("a summary names each loop, what it covers and the regime of most steps", () => {
  const script = new Script(11).work(6);
  for (let step = 0; step < 6; step++) {
    script.call({ tool: "a", op: "read", asks: "the same question", answers: "the same answer" });
  }
  script.work(10);
  for (let step = 1; step <= 8; step++) {
    script.call({ tool: "b", op: "net", asks: `attempt ${step} at it`, answers: PAGE });
  }
  const health = new Health();
  let summary = NOTHING_YET;
  for (const step of script.steps) summary = summarize(summary, health.observe(step));
  expect(summary.steps).toBe(30);
  expect(summary.loops).toMatchObject([
    { rule: "periodic", period: 1, cycles: 6, fromStep: 7, alertStep: 10, lastStep: 12 },
    { rule: "jitter", period: 1, cycles: 8, fromStep: 23, alertStep: 27, lastStep: 30 },
  ]);
  expect([summary.exactSteps, summary.patternSteps]).toEqual([6, 14]);
  expect(summary.worstTier).toBe("T5");
  expect(summary.regimes.LOOP).toBe(7);
  expect(["EXPLORER", "EXPANSION", "STABLE", "LINEAR_PROGRESS"]).toContain(dominantRegime(summary));
});

test("a summary of nothing is one of nothing", () => {
  expect(summarize(NOTHING_YET, new Health().current())).toEqual(NOTHING_YET);
});

test("what a loop cost is counted from its first step, with the turns that asked for its calls", () => {
  const script = new Script(11).work(6);
  for (let step = 0; step < 6; step++) {
    script.call({ tool: "a", op: "read", asks: "the same question", answers: "the same answer" });
  }
  const health = new Health();
  let summary = NOTHING_YET;
  for (const [at, step] of script.steps.entries()) {
    const turn = 10;
    summary = summarize(summary, health.current(), turn);
    summary = summarize(summary, health.observe(step), at < 6 ? 1_000 : 5);
  }
  expect(summary.loops[0]).toMatchObject({ fromStep: 7, costNanoUsd: 6 * 15 });
  expect(summary.loopCostNanoUsd).toBe(6 * 15);
});

test("what a long loop cost is counted to its end, each step once", () => {
  const script = new Script(11).work(3);
  for (let step = 0; step < 200; step++) {
    script.call({ tool: "a", op: "read", asks: "the same question", answers: "the same answer" });
  }
  const health = new Health();
  let summary = NOTHING_YET;
  for (const step of script.steps) summary = summarize(summary, health.observe(step), 7);
  expect(summary).toMatchObject({ loopCount: 1, patternSteps: 200, loopCostNanoUsd: 1_400 });
});

test("steps that are counted from the start again begin a new summary", () => {
  const health = new Health();
  let summary = NOTHING_YET;
  for (const step of new Script(3).work(9).steps)
    summary = summarize(summary, health.observe(step));
  const fuller = new Health();
  for (const step of new Script(4).work(2).steps)
    summary = summarize(summary, fuller.observe(step));
  expect(summary.steps).toBe(2);
});

test("of more loops than a hundred the others are counted, and change none of the first", () => {
  const current = new Health().current();
  const pattern = { rule: "periodic", period: 1, cycles: 4, fromStep: 1, tools: [] } as const;
  const alerting = (step: number, eventType: typeof current.eventType) => ({
    ...current,
    step,
    eventType,
    publicClass: "hard_alert" as const,
    pattern: { ...pattern, fromStep: step },
  });
  let summary = NOTHING_YET;
  for (let step = 1; step <= 101; step++) {
    summary = summarize(summary, alerting(step, "structural_loop_entered"));
  }
  summary = summarize(summary, alerting(102, "structural_loop_continues"));
  expect(summary.loops).toHaveLength(100);
  expect(summary.loops.at(-1)).toMatchObject({ alertStep: 100, lastStep: 100 });
  expect(summary).toMatchObject({ loopCount: 101, patternSteps: 102, coveredTo: 102 });
});

/** How a session stands at a step: in a loop of that step alone, or one that goes on, or in none. */
function standing(step: number, loop: "new" | "goes on" | "none" = "none"): Assessment {
  const pattern = { rule: "periodic", period: 1, cycles: step, fromStep: step, tools: ["t"] };
  const eventType = loop === "new" ? "structural_loop_entered" : "structural_loop_continues";
  // What else there is of an assessment is not summed up.
  return {
    step,
    regime: loop === "none" ? "STABLE" : "LOOP",
    tier: loop === "none" ? "T1" : "T5",
    publicClass: loop === "none" ? "none" : "hard_alert",
    ...(loop !== "none" && { eventType, pattern }),
  } as unknown as Assessment;
}

test.each([
  [100, 100, 101],
  [101, 100, 100],
])(
  "of %i loops a hundred are listed, all are counted, and a listed one grows",
  (loops, listed, lastStep) => {
    let summary = NOTHING_YET;
    for (let step = 1; step <= loops; step++) summary = summarize(summary, standing(step, "new"));
    summary = summarize(summary, standing(loops + 1, "goes on"));
    expect([summary.loops.length, summary.loopCount]).toEqual([listed, loops]);
    expect(summary.loops.at(-1)).toMatchObject({ alertStep: 100, lastStep });
    expect(summary.patternSteps).toBe(loops + 1);
  },
);

test("a loop keeps its name, and its cycles grow by the rule that named it alone", () => {
  const other = standing(6, "goes on");
  const renamed = { ...other, pattern: { ...other.pattern, rule: "jitter" } } as Assessment;
  const steps = [standing(4, "new"), standing(5, "goes on"), renamed];
  const { loops } = steps.reduce((all, one) => summarize(all, one), NOTHING_YET);
  expect(loops).toMatchObject([{ rule: "periodic", cycles: 5, fromStep: 4, lastStep: 6 }]);
});

test("what is no new step adds its cost alone, and steps from the start begin anew", () => {
  const first = summarize(NOTHING_YET, standing(3), 5);
  const again = summarize(first, standing(3), 7);
  expect(again).toMatchObject({ steps: 3, regimes: { STABLE: 1 } });
  expect(again.spent).toEqual([
    [3, 5],
    [4, 12],
  ]);
  expect(summarize(again, standing(2))).toMatchObject({ steps: 2, spent: [] });
  for (const nothing of [0, -1, Number.NaN]) {
    expect(summarize(NOTHING_YET, standing(1), nothing).spent).toEqual([]);
  }
});

test("of what was spent, the latest 64 changes are kept, and it never grows past an exact number", () => {
  let summary = NOTHING_YET;
  for (let step = 1; step <= 70; step++) summary = summarize(summary, standing(step), 1);
  expect([summary.spent.length, summary.spent[0], summary.spent.at(-1)]).toEqual([
    64,
    [7, 7],
    [70, 70],
  ]);
  const most = summarize(summary, standing(71), Number.MAX_SAFE_INTEGER);
  expect(most.spent.at(-1)).toEqual([71, Number.MAX_SAFE_INTEGER]);
});

test("the regime of most steps is named, of several the first", () => {
  expect(dominantRegime(NOTHING_YET)).toBe("WARMING_UP");
  expect(dominantRegime({ ...NOTHING_YET, regimes: { GRIND: 2, STABLE: 2, LOOP: 1 } })).toBe(
    "GRIND",
  );
  expect(dominantRegime({ ...NOTHING_YET, regimes: { GRIND: 2, STABLE: 3 } })).toBe("STABLE");
});
