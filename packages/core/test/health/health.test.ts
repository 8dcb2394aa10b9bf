import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Assessment } from "../../src/health/assessment.ts";
import { Health } from "../../src/health/health.ts";
import type { Step } from "../../src/health/step/step.ts";
import { type CallFacts, hash, Script } from "./families/script.ts";

function judge(steps: readonly Step[]): readonly Assessment[] {
  const health = new Health();
  return steps.map((step) => health.observe(step));
}

function times(count: number, facts: CallFacts): Script {
  const script = new Script(1);
  for (let index = 0; index < count; index++) script.call({ gapMs: 2_000, ...facts });
  return script;
}

const states = (count: number): Step[] =>
  Array.from({ length: count }, (_, index) => ({
    kind: "call",
    tool: "browser.get",
    status: "not_found",
    stateId: index % 2 === 0 ? "opaque_state_a" : "opaque_state_b",
  }));

describe("a retry loop over two states", () => {
  test("ends T5 with a hard alert that is entered once and then continues", () => {
    const all = judge(states(12));
    expect(all.at(-1)).toMatchObject({
      tier: "T5",
      regime: "LOOP",
      healthy: "no",
      publicClass: "hard_alert",
      pattern: { rule: "periodic", period: 2, cycles: 6, fromStep: 1 },
      coordination: { decision: "observe_only", allowed_to_block: false, advice: "break_loop" },
      evidenceGrade: {
        public_class: "hard_alert",
        raw_content_used: false,
        allowed_to_block: false,
      },
    });
    expect(
      all.map((one) => one.eventType).filter((type) => type.startsWith("structural_loop")),
    ).toEqual([
      "structural_loop_entered",
      ...Array.from({ length: 6 }, () => "structural_loop_continues"),
    ]);
    expect(all[5]).toMatchObject({
      eventType: "structural_loop_entered",
      reasons: ["periodic:p2x3"],
    });
  });

  test("with a retry ceiling ends without one", () => {
    const next = new Script(3).work(8).steps;
    const all = judge([...states(4), ...next]);
    expect(all.some((one) => one.publicClass === "hard_alert")).toBe(false);
  });

  test("is left when something new happens", () => {
    const all = judge([...states(8), ...new Script(3).work(1).steps]);
    expect(all.at(-1)?.eventType).toBe("structural_loop_exited");
  });
});

test("three to five varied events never alert and are never below T3", () => {
  const step = fc.record({
    tool: fc.constantFrom("a", "b", "c"),
    status: fc.constantFrom("ok", "ok", "error", "not_found"),
    op: fc.constantFrom("read", "write", "other", "test"),
    known: fc.constantFrom("full", "arguments", "state", "labels"),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 3, maxLength: 5 }), (drafts) => {
      const script = new Script(7);
      for (const { known, ...facts } of drafts) {
        script.call({
          ...facts,
          ...((known === "full" || known === "arguments") && { asks: script.fresh() }),
          ...(known === "full" && { answers: script.fresh() }),
          ...(known === "state" && { more: { stateId: script.fresh() } }),
        } as CallFacts);
      }
      for (const one of judge(script.steps)) {
        expect(one.publicClass).not.toBe("hard_alert");
        expect(one.uds).toBeGreaterThanOrEqual(0.5);
      }
    }),
    { numRuns: 300 },
  );
});

describe("what is not known makes a rule say less", () => {
  const known = {
    tool: "read_file",
    op: "read",
    asks: "the file of all rules",
    answers: "the rules are these, and no others",
  } as const;
  const firstAlert = (steps: readonly Step[]) =>
    judge(steps).find((one) => one.publicClass === "hard_alert")?.step;

  test("everything is known: the fourth equal step alerts", () => {
    expect(firstAlert(times(12, known).steps)).toBe(4);
  });

  test("no arguments: twice the count", () => {
    const { asks: _, ...rest } = known;
    expect(firstAlert(times(12, rest).steps)).toBe(8);
    expect(judge(times(12, rest).steps).at(-1)?.traceQuality).toBe("partial");
  });

  test("no arguments and failing: the fourth, unless it is not found", () => {
    const { asks: _, ...rest } = known;
    expect(firstAlert(times(12, { ...rest, status: "error" }).steps)).toBe(4);
    expect(firstAlert(times(12, { ...rest, status: "not_found" }).steps)).toBe(8);
  });

  test("no arguments and a short answer: three times the count, but never of a change that worked", () => {
    const short = { tool: "read_file", op: "read", answers: "ok" } as const;
    expect(firstAlert(times(30, short).steps)).toBe(12);
    expect(judge(times(8, short).steps).at(-1)).toMatchObject({
      regime: "GRIND",
      publicClass: "review_only",
      reasons: ["same_content:p1x8"],
    });
    expect(firstAlert(times(30, { ...short, op: "write" }).steps)).toBeUndefined();
  });

  test("a name alone is for review from the eighth on, and never an alert or progress", () => {
    const named = judge(times(40, { tool: "bash", op: "run", status: "unknown" }).steps);
    expect(named.map(({ regime }) => regime)).not.toContain("LINEAR_PROGRESS");
    expect(named[6]).toMatchObject({ regime: "STABLE", publicClass: "none" });
    expect(named[7]).toMatchObject({ regime: "GRIND", reasons: ["same_tool:p1x8"] });
    expect(named.some(({ publicClass }) => publicClass === "hard_alert")).toBe(false);
    const told = judge(times(40, { tool: "bash", op: "run", status: "ok" }).steps);
    expect(told.at(-1)).toMatchObject({ regime: "STABLE", publicClass: "none" });
  });

  test("no results: review, but a failing call or a blind write alerts", () => {
    const { answers: _, ...rest } = known;
    expect(firstAlert(times(30, rest).steps)).toBeUndefined();
    expect(judge(times(5, rest).steps).at(-1)?.publicClass).toBe("review_only");
    expect(firstAlert(times(12, { ...rest, status: "error" }).steps)).toBe(4);
    expect(firstAlert(times(12, { ...rest, op: "write" }).steps)).toBe(5);
  });

  test("labels only: never more than review", () => {
    for (const status of ["ok", "error"] as const) {
      expect(firstAlert(times(40, { tool: "edit", op: "write", status }).steps)).toBeUndefined();
    }
    const failing = judge(times(6, { tool: "edit", op: "write", status: "error" }).steps).at(-1);
    expect(failing).toMatchObject({ publicClass: "review_only", traceQuality: "labels" });
  });

  test("posted text without a state: three times the count", () => {
    const { asks: _, ...rest } = known;
    expect(firstAlert(times(40, { ...rest, more: { weakContent: true } }).steps)).toBe(12);
    const more = { weakContent: true, stateId: "a state" };
    expect(firstAlert(times(40, { ...rest, more }).steps)).toBe(4);
  });

  test("one server in view: checks need twice the count, changes do not", () => {
    const more = { view: "one_server" } as const;
    expect(firstAlert(times(12, { ...known, more }).steps)).toBe(8);
    const write = { ...known, op: "write", more } as const;
    expect(firstAlert(times(12, write).steps)).toBe(4);
  });

  test("calls that repeat and results that never do are reported as unstable", () => {
    const script = new Script(2);
    for (let index = 0; index < 20; index++) {
      script.call({
        tool: "clock",
        op: "read",
        asks: "what time is it now",
        answers: script.fresh(),
      });
    }
    expect(judge(script.steps).at(-1)).toMatchObject({
      traceQuality: "unstable_hashes",
      healthy: "yes",
    });
  });
});

describe("what is no step", () => {
  test("a user's message counts nothing, and a new one clears the loop", () => {
    const script = times(5, {
      tool: "a",
      op: "read",
      asks: "the same old thing",
      answers: "as ever it was",
    });
    const before = judge(script.steps).at(-1);
    const after = judge(script.user("another way, please").steps).at(-1);
    expect(before?.publicClass).toBe("hard_alert");
    expect(after).toMatchObject({ step: 5, eventType: "structural_loop_exited" });
  });

  test("a message that nobody digested changes nothing", () => {
    const health = new Health();
    const before = health.observe({ kind: "call", tool: "a" });
    expect(health.observe({ kind: "message", tool: "assistant" })).toEqual(before);
  });

  test("equal calls of one parent count once", () => {
    const more = { parentEventId: "parent" };
    const all = judge(
      times(9, { tool: "a", asks: "the same old thing", answers: "as ever", more }).steps,
    );
    expect(all.at(-1)?.step).toBe(1);
  });
});

test("a wait shows the ordinary regime first and GRIND from its sixth cycle", () => {
  const all = judge(
    times(61, {
      tool: "job",
      op: "wait",
      asks: "status of job x",
      answers: "running",
      gapMs: 60_000,
    }).steps,
  );
  expect(all.slice(3, 5).map((one) => one.publicClass)).toEqual(["none", "none"]);
  expect(all.slice(5, 13).every((one) => one.regime === "GRIND")).toBe(true);
  expect(all.slice(5, 59).every((one) => one.publicClass === "review_only")).toBe(true);
  expect(all.slice(13, 59).every((one) => one.reasons[0]?.startsWith("periodic"))).toBe(true);
  expect(all.slice(59).every((one) => one.publicClass === "hard_alert")).toBe(true);
});

test("the same wait without a clock is a loop", () => {
  const { steps } = times(4, { tool: "job", op: "wait", asks: "sleep for a while", answers: "" });
  const clockless = steps.map(({ atMs: _, ...step }) => step);
  expect(judge(clockless).at(-1)?.publicClass).toBe("hard_alert");
});

test("turns of one speaker without a tool are REASONING_LOOP for review", () => {
  const turns = Array.from({ length: 4 }, (_, index) => ({
    kind: "turn" as const,
    tool: "assistant",
    messageHash: hash(`thought ${index}`),
  }));
  expect(judge(turns).at(-1)).toMatchObject({
    regime: "REASONING_LOOP",
    publicClass: "review_only",
  });
});
