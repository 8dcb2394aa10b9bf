/** A number that means nothing must not look like one. */
import { expect, test } from "vitest";
import { featuresOf, learnRisk } from "../../src/health/failure-risk.ts";
import { newMemory } from "../../src/health/memory/saved-memory.ts";
import { identify } from "../../src/health/step/identity.ts";
import { judge } from "./families/golden.ts";
import { Script } from "./families/script.ts";

/** Queries, one after the other, that change nothing: of such work structure tells the outcome. */
function queries(script: Script, count: number): Script {
  for (let at = 0; at < count; at++) {
    script.call({ tool: "sql", op: "other", asks: script.fresh(), answers: script.fresh() });
  }
  return script;
}

test("of queries a risk is told from the fifth call on, and no reason", () => {
  const assessments = judge(queries(new Script(1), 8).steps);
  expect(assessments.slice(0, 4).map((one) => one.failureRiskReason)).toEqual(
    Array(4).fill("too_early"),
  );
  for (const { failureRisk, failureRiskReason } of assessments.slice(4)) {
    expect(failureRisk).toBeGreaterThan(0);
    expect(failureRisk).toBeLessThan(1);
    expect(failureRiskReason).toBeUndefined();
  }
});

test("who only repeats a failing query is more at risk than who finds new things", () => {
  const stuck = new Script(2);
  for (let at = 0; at < 8; at++) {
    stuck.call({ tool: "sql", op: "other", asks: "ask", answers: "no", status: "error" });
  }
  const risk = judge(stuck.steps).at(-1)?.failureRisk ?? 0;
  expect(risk).toBeGreaterThan(
    (judge(queries(new Script(2), 8).steps).at(-1)?.failureRisk ?? 1) + 0.2,
  );
});

test.each([
  ["a user who takes part", "dialogue", (script: Script) => queries(script, 3).user("and then?")],
  ["named operations", "unproven_work", (script: Script) => script.work(30)],
  [
    "changes",
    "unproven_work",
    (script: Script) =>
      script.call({ tool: "edit", op: "write", asks: script.fresh(), answers: "ok" }),
  ],
])("with %s nothing is told, and why", (_what, reason, begin) => {
  const script = new Script(3);
  begin(script);
  const last = judge(queries(script, 4).steps).at(-1);
  expect(last).toMatchObject({ failureRisk: null, failureRiskReason: reason });
});

test("the words that begin a session make no dialogue of it", () => {
  const last = judge(queries(new Script(4).user("please find it"), 6).steps).at(-1);
  expect(last?.failureRisk).not.toBeNull();
});

test("of its features, the failing calls are those that failed, as a share of all", () => {
  const memory = newMemory();
  const script = new Script(5);
  for (const status of ["ok", "error", "ok", "ok"] as const) {
    script.call({ tool: "sql", op: "other", asks: script.fresh(), answers: "no", status });
  }
  const recognition = { isRepeat: false, isNewCall: true, isNewAnswer: true, isStale: false };
  for (const step of script.steps) learnRisk(memory, identify(step), recognition);
  const signals = { step: 4, number: 4, variety: 1, novelty: 1, substance: 1, repeatShare: 0 };
  const still = { longestRun: 0, looping: false, stuckSteps: 0, writes: 0 };
  const { failing, failingLately } = featuresOf(memory, { ...signals, ...still });
  expect(failing).toBe(0.25);
  expect(failingLately).toBeCloseTo(0.12 * 0.88 * 0.88, 12);
});
