/** What is said of a session that stands so or so. */
import { expect, test } from "vitest";
import { isWorse } from "../../src/health/agents/worse.ts";
import type { AgentStanding } from "../../src/health/assess.ts";
import {
  coordinationOf,
  eventTypeOf,
  evidenceGradeOf,
  isWorthSaying,
  PUBLIC_CLASSES,
  tellsOnlyNames,
} from "../../src/health/assessment.ts";
import { familyOf, healthOf, REGIMES } from "../../src/health/scores/regime.ts";
import { type UdsCap, udsCappedBy } from "../../src/health/session/capped.ts";

const TIERS = ["T1", "T2", "T3", "T4", "T5"] as const;

test.each([
  ["none", "continue continue watch watch watch"],
  ["review_only", "replan replan replan replan replan"],
  ["hard_alert", "break_loop break_loop break_loop break_loop break_loop"],
] as const)("with %s, tiers from T1 to T5 are advised: %s", (publicClass, advice) => {
  const said = TIERS.map((tier) => coordinationOf(publicClass, tier));
  expect(said.map((one) => one.advice).join(" ")).toBe(advice);
  for (const one of said) {
    expect(one).toMatchObject({ decision: "observe_only", allowed_to_block: false });
    expect(Object.isFrozen(one)).toBe(true);
  }
});

test.each(PUBLIC_CLASSES)(
  "the evidence of %s never blocks, and no content is in it",
  (publicClass) => {
    const grade = evidenceGradeOf(publicClass);
    expect(grade).toEqual({
      public_class: publicClass,
      raw_content_used: false,
      allowed_to_block: false,
    });
    expect(Object.isFrozen(grade)).toBe(true);
  },
);

test.each([
  ["none", "none", "observation"],
  ["none", "review_only", "structural_pressure_observed"],
  ["none", "hard_alert", "structural_loop_entered"],
  ["review_only", "none", "observation"],
  ["review_only", "review_only", "structural_pressure_observed"],
  ["review_only", "hard_alert", "structural_loop_entered"],
  ["hard_alert", "none", "structural_loop_exited"],
  ["hard_alert", "review_only", "structural_loop_exited"],
  ["hard_alert", "hard_alert", "structural_loop_continues"],
] as const)("from %s to %s is %s", (was, is, type) => {
  expect(eventTypeOf(was, is)).toBe(type);
});

test.each([
  ["none", [false, false, false, true, true]],
  ["review_only", [true, true, true, true, true]],
  ["hard_alert", [true, true, true, true, true]],
] as const)("with %s, tiers from T1 to T5 are worth saying: %j", (publicClass, worth) => {
  expect(TIERS.map((tier) => isWorthSaying({ publicClass, tier }))).toEqual(worth);
});

test.each([
  [{}, true],
  [{ step: 7 }, false],
  [{ traceQuality: "partial" }, false],
  [{ publicClass: "review_only" }, false],
] as const)(
  "eight steps of names alone, with %j: a sender is told what to send: %s",
  (facts, told) => {
    const names = { publicClass: "none", step: 8, traceQuality: "labels", ...facts } as const;
    expect(tellsOnlyNames(names)).toBe(told);
  },
);

test("each regime has its health and its family", () => {
  const table = REGIMES.map((regime) => `${regime} ${healthOf(regime)} ${familyOf(regime)}`);
  expect(table).toEqual([
    "WARMING_UP yes STABLE",
    "EXPLORER yes EXPANSION",
    "EXPANSION yes EXPANSION",
    "LINEAR_PROGRESS yes EXPANSION",
    "STABLE yes STABLE",
    "GRIND warning STUPOR",
    "LOOP no CONFINEMENT",
    "REASONING_LOOP no CONFINEMENT",
    "STAGNATION no STUPOR",
    "FUNNEL_TRAP no CONFINEMENT",
  ]);
});

/** From the best to the worst: what was found decides, then what it does, then the score. */
const STANDINGS = [
  ["none", "yes", 0.9],
  ["none", "yes", 0.2],
  ["none", "warning", 0.9],
  ["none", "no", 0.9],
  ["review_only", "yes", 0.9],
  ["review_only", "no", 0.3],
  ["hard_alert", "yes", 0.9],
  ["hard_alert", "yes", 0.1],
] as const;

test("of agents, the worst is the one with the worst find, then the worst regime, then score", () => {
  const standings = STANDINGS.map(
    // What else there is of a standing decides nothing.
    ([publicClass, healthy, uds]) => ({ publicClass, healthy, uds }) as AgentStanding,
  );
  for (const [at, one] of standings.entries()) {
    for (const [than, other] of standings.entries()) {
      expect(isWorse(one, other), `${at} than ${than}`).toBe(at > than);
    }
  }
});

test.each<[string, object, UdsCap | undefined]>([
  ["what its formula gives", { uds: 0.3 * 0.5 + 0.4 * 0.6 + 0.3 * 0.7 * 0.6 }, undefined],
  ["a loop", { publicClass: "hard_alert", regime: "LOOP" }, "loop"],
  ["stagnation", { regime: "STAGNATION" }, "stagnation"],
  ["a funnel", { regime: "FUNNEL_TRAP" }, "funnel_trap"],
  ["its short way so far", { regime: "WARMING_UP" }, "short_session"],
  ["one kind of work", { regime: "STABLE" }, "one_kind_of_work"],
])("a score is held by %s", (_what, facts, cap) => {
  const scores = { tcr: 0.5, esr: 0.6, sci: 0.7 };
  const scored = { uds: 0.2, scores, publicClass: "none", regime: "STABLE", ...facts } as const;
  expect(udsCappedBy(scored)).toBe(cap);
});
