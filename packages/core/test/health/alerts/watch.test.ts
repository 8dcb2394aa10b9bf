import { expect, test } from "vitest";
import { UNTOLD } from "../../../src/health/alerts/alert-memory.ts";
import { NAMELESS, parseCondition } from "../../../src/health/alerts/condition/condition.ts";
import { type Sighting, watchCondition } from "../../../src/health/alerts/watch.ts";
import { Health } from "../../../src/health/health.ts";

const base = new Health().current();
const MINUTE_MS = 60_000;

interface Moment extends Partial<Omit<Sighting, "assessment">> {
  readonly step: number;
  readonly tier?: "T1" | "T2" | "T3" | "T4" | "T5";
  readonly uds?: number;
  readonly regime?: Sighting["assessment"]["regime"];
  readonly hard?: boolean;
}

/** The steps with which a rule fires. */
function firings(
  text: string,
  moments: readonly Moment[],
  { cooldownMs = MINUTE_MS, dwellSteps = 0 } = {},
): number[] {
  const condition = parseCondition(text);
  let memory = UNTOLD;
  return moments.flatMap(({ step, tier = "T2", uds = 0.8, regime = "STABLE", hard, ...more }) => {
    const publicClass = hard ? ("hard_alert" as const) : ("none" as const);
    const watched = watchCondition(condition, { cooldownMs, dwellSteps }, memory, {
      assessment: { ...base, step, tier, uds, regime, publicClass },
      costNanoUsd: 0,
      isToolChange: false,
      names: NAMELESS,
      nowMs: step * 1_000,
      ...more,
    });
    memory = watched.memory;
    return watched.fires ? [step] : [];
  });
}

/** So many steps in a tier, a second each. */
function steps(from: number, to: number, tier: Moment["tier"]): Moment[] {
  return Array.from({ length: to - from + 1 }, (_, at) => ({
    step: from + at,
    ...(tier && { tier }),
  }));
}

test("entering T4 from T3 fires once, however long it lasts", () => {
  const course = [...steps(1, 20, "T3"), ...steps(21, 300, "T4")];
  expect(firings("tier>=T4", course)).toEqual([21]);
});

test("T5 after T4 is no second entry of tier>=T4, but the first of tier=T5", () => {
  const course = [...steps(1, 20, "T3"), ...steps(21, 30, "T4"), ...steps(31, 40, "T5")];
  expect(firings("tier>=T4", course)).toEqual([21]);
  expect(firings("tier=T5", course)).toEqual([31]);
});

test("a rule with a dwell fires when its condition held for so many steps, or with a loop", () => {
  const dip = [...steps(1, 20, "T3"), ...steps(21, 22, "T4"), ...steps(23, 30, "T3")];
  expect(firings("tier>=T4", dip)).toEqual([21]);
  expect(firings("tier>=T4", dip, { dwellSteps: 3 })).toEqual([]);
  expect(firings("tier>=T4", [...dip, ...steps(31, 40, "T4")], { dwellSteps: 3 })).toEqual([33]);
  const loop = { step: 31, tier: "T4", hard: true } as const;
  expect(firings("tier>=T4", [...dip, loop], { dwellSteps: 3 })).toEqual([31]);
});

test("a session in which nothing was done yet fires nothing", () => {
  expect(firings("uds<1", steps(0, 0, "T2"))).toEqual([]);
  expect(firings("uds<1", steps(0, 1, "T2"))).toEqual([1]);
});

test("a hard rule enters at once", () => {
  const loop = { step: 5, tier: "T5", uds: 0.1, regime: "LOOP", hard: true } as const;
  for (const text of ["tier>=T4", "uds<0.3", "regime=LOOP", "class=hard_alert"]) {
    expect(firings(text, [...steps(1, 4, "T2"), loop])).toEqual([5]);
  }
});

test("falling back and entering again fires again after the cooldown, not within it", () => {
  const course = [
    ...steps(1, 20, "T3"),
    ...steps(21, 30, "T4"),
    ...steps(31, 40, "T3"),
    ...steps(41, 50, "T4"),
    ...steps(51, 90, "T3"),
    ...steps(91, 99, "T4"),
  ];
  expect(firings("tier>=T4", course)).toEqual([21, 91]);
});

test("what began to hold within the cooldown is told after it, should it still hold", () => {
  const course = [
    ...steps(1, 20, "T3"),
    ...steps(21, 30, "T4"),
    ...steps(31, 40, "T3"),
    ...steps(41, 200, "T4"),
  ];
  expect(firings("tier>=T4", course)).toEqual([21, 81]);
});

test("a clock that is set back holds nothing back", () => {
  const course = [
    ...steps(1, 20, "T3"),
    ...steps(21, 30, "T4"),
    ...steps(31, 40, "T3"),
    ...steps(41, 50, "T4").map((moment) => ({ ...moment, nowMs: -1e12 })),
  ];
  expect(firings("tier>=T4", course)).toEqual([21, 41]);
});

test("cost and steps fire where the figure is passed", () => {
  const course = [1, 2, 3, 4].map((step) => ({ step, costNanoUsd: step * 1e9 }));
  expect(firings("cost>2", course)).toEqual([3]);
  expect(firings("cost>0", course)).toEqual([1]);
  expect(firings("steps>2", course)).toEqual([3]);
});

test("each change of a tool's definition fires, but many at once fire once", () => {
  const course = [10, 11, 12, 100].map((step) => ({ step, isToolChange: step !== 12 }));
  expect(firings("tool_definition_changed", course)).toEqual([10, 100]);
  expect(firings("tool_definition_changed", course, { cooldownMs: 0 })).toEqual([10, 11, 100]);
});

test("records that are no steps neither fire nor count", () => {
  const course = [20, 20, 20, 20, 21, 21, 22].map((step) => ({ step, tier: "T4" }) as const);
  expect(firings("tier>=T4", course, { dwellSteps: 3 })).toEqual([22]);
});

test("what is joined by and fires when the last part begins to hold, by or with the first", () => {
  const course = [...steps(1, 20, "T3"), ...steps(21, 60, "T4"), ...steps(61, 70, "T3")];
  expect(firings("tier>=T4 and steps>40", course)).toEqual([41]);
  expect(firings("tier>=T4 or steps>40", course)).toEqual([21]);
  expect(firings("steps>5 and tier=T3", course, { cooldownMs: 0 })).toEqual([6, 61]);
  expect(firings("tier>=T4 and steps>70", course)).toEqual([]);
});

test("a dwell is of the whole condition, where a tier, a regime or a UDS is part of it", () => {
  const course = [...steps(1, 20, "T3"), ...steps(21, 60, "T4")];
  expect(firings("tier>=T4 and steps>40", course, { dwellSteps: 3 })).toEqual([43]);
  expect(
    firings("cost>1 and steps>40", [...course.map((at) => ({ ...at, costNanoUsd: 2e9 }))], {
      dwellSteps: 3,
    }),
  ).toEqual([41]);
});

test("a change of a tool is news beside a state that stands", () => {
  const course = steps(1, 30, "T4").map((at) => ({
    ...at,
    isToolChange: at.step === 10 || at.step === 20,
  }));
  const text = "tier>=T4 or tool_definition_changed";
  expect(firings(text, course, { cooldownMs: 0 })).toEqual([1, 10, 20]);
  expect(firings(text, course, { cooldownMs: 15_000 })).toEqual([1, 20]);
  expect(firings("tool_definition_changed and tier=T3", course)).toEqual([]);
  expect(firings("tool_definition_changed and tier=T4", course, { cooldownMs: 0 })).toEqual([
    10, 20,
  ]);
});

test("a rule sees what has the names that it asks for", () => {
  const names = { agents: ["helper"], workflow: "tickets", servers: ["github"] };
  const course = steps(1, 10, "T4").map((at) => ({ ...at, names }));
  expect(firings("tier>=T4 and agent=helper and server=github", course)).toEqual([1]);
  expect(firings("tier>=T4 and agent=other", course)).toEqual([]);
  expect(firings("tier>=T4 and agent=other or steps>5 and workflow=tickets", course)).toEqual([6]);
  // A server that it came to later.
  const later = course.map((at) =>
    at.step < 5 ? { ...at, names: { ...names, servers: [] } } : at,
  );
  expect(firings("tier>=T4 and server=github", later)).toEqual([5]);
});
