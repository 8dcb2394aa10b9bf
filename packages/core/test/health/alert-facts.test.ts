/** No alert without a reason, a pattern, the tool and since when. */
import { expect, test } from "vitest";
import type { Assessment } from "../../src/health/assessment.ts";
import { isWorthSaying } from "../../src/health/assessment.ts";
import { Health } from "../../src/health/health.ts";
import type { Step } from "../../src/health/step/step.ts";
import { judge } from "./families/golden.ts";
import { HONEST } from "./families/honest.ts";
import { LOOPS } from "./families/loops.ts";
import { LOOPS_MASKED } from "./families/loops-masked.ts";
import { Script } from "./families/script.ts";

const seconds = (step: Step | undefined) => Math.floor((step?.atMs ?? 0) / 1_000) * 1_000;

test("a pattern names the tools of one cycle, each once, and when its first step was", () => {
  const script = new Script(1).work(7);
  for (let turn = 0; turn < 20; turn++) {
    script.call({ tool: "search", op: "search", asks: "the same old question", answers: "found" });
    script.call({ tool: "open", op: "read", asks: "the same old document", answers: "its text" });
    script.call({ tool: "search", op: "search", asks: "another old question", answers: "nothing" });
  }
  const last = judge(script.steps).at(-1);
  expect(last?.pattern).toMatchObject({ rule: "periodic", period: 3, cycles: 20, fromStep: 8 });
  expect(last?.pattern?.tools.toSorted()).toEqual(["open", "search"]);
  // Long behind the last steps that are remembered one by one.
  expect(last?.pattern?.sinceMs).toBe(seconds(script.steps[7]));
});

test("of mere talk, the pattern names who speaks", () => {
  const script = new Script(2).work(6);
  for (let turn = 0; turn < 6; turn++) script.say("I will now look at it", "agent");
  expect(judge(script.steps).at(-1)?.pattern).toMatchObject({ tools: ["agent"] });
});

test("without a clock, nothing is said about when", () => {
  const steps = new Script(3).work(5);
  for (let turn = 0; turn < 6; turn++) steps.call({ tool: "a", asks: "same", answers: "same" });
  const timeless = steps.steps.map(({ atMs: _, ...step }) => step);
  expect(judge(timeless).at(-1)?.pattern).not.toHaveProperty("sinceMs");
});

const SESSIONS: Readonly<Record<string, readonly Step[]>> = Object.fromEntries(
  Object.entries({ ...LOOPS, ...LOOPS_MASKED, ...HONEST }).map(([name, family]) => {
    const script = new Script(4).work(6);
    (typeof family === "function" ? family : family.write)(script);
    return [name, script.steps];
  }),
);

test.each(Object.entries(SESSIONS))("%s: whatever is advised is explained", (_name, steps) => {
  for (const assessment of judge(steps)) {
    if (isWorthSaying(assessment) || assessment.tier === "T3") expectExplained(assessment, steps);
  }
});

function expectExplained({ step, reasons, pattern }: Assessment, steps: readonly Step[]): void {
  expect(reasons.length).toBeGreaterThan(0);
  expect(pattern?.tools.length).toBeGreaterThan(0);
  expect(pattern?.fromStep).toBeGreaterThan(0);
  expect(pattern?.fromStep).toBeLessThanOrEqual(step);
  expect(pattern?.cycles).toBeGreaterThan(0);
  expect(pattern?.sinceMs).toBeGreaterThanOrEqual(seconds(steps[0]));
  expect(pattern?.sinceMs).toBeLessThanOrEqual(steps.at(-1)?.atMs ?? 0);
}

/** Steps that lower the score in one way each, while no rule finds a loop. */
const LOWERING: Readonly<Record<string, (script: Script) => void>> = {
  same_call: (script) =>
    script.call({ tool: "t", op: "read", asks: "ask", answers: script.fresh() }),
  one_kind_of_work: (script) => script.call({ tool: "t", asks: script.fresh(), answers: "[]" }),
};

test.each(Object.entries(LOWERING))("a low score says so: %s", (rule, write) => {
  const script = new Script(5);
  for (let turn = 0; turn < 12; turn++) write(script);
  const low = judge(script.steps).filter(
    ({ publicClass, tier }) => publicClass === "none" && tier >= "T3",
  );
  expect(low.length).toBeGreaterThan(0);
  for (const { reasons } of low) expect(reasons.join(" ")).toContain(rule);
});

test("a healthy session in a good tier has no pattern and no reasons", () => {
  const assessments = judge(new Script(6).work(40).steps);
  const good = assessments.filter(({ publicClass, tier }) => publicClass === "none" && tier < "T3");
  expect(good.length).toBeGreaterThan(20);
  for (const { reasons, pattern } of good) {
    expect(reasons).toEqual([]);
    expect(pattern).toBeUndefined();
  }
});

test("a low score is counted from the step at which it fell", () => {
  const script = new Script(7).work(10);
  for (let turn = 0; turn < 14; turn++) {
    script.call({ tool: "t", asks: script.fresh(), answers: "no", status: "denied" });
  }
  const health = new Health();
  const assessments = script.steps.map((step) => health.observe(step));
  const fell = assessments.findIndex(({ tier }) => tier >= "T3") + 1;
  const lowered = assessments.flatMap(({ pattern }) =>
    pattern && ["little_done", "little_new"].includes(pattern.rule) ? [pattern] : [],
  );
  for (const { fromStep } of lowered) expect(fromStep).toBe(fell);
});
