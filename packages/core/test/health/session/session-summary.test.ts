import { expect, test } from "vitest";
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
