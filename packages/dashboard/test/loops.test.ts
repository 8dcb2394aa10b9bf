import { expect, test } from "vitest";
import type { Step } from "../src/server/answers.ts";
import { loopsOf, nameOf } from "../src/session/trace/loops.ts";
import { type Trace, toolsOf } from "../src/session/trace/trace.ts";

/** Steps from 1 on; a text `rule:p2x3@5` is a pattern that began at step 5. */
function steps(...patterns: readonly (string | undefined)[]): Step[] {
  return patterns.map((text, at) => {
    const [, rule = "", period, cycles, fromStep] =
      /^(\w+):p(\d+)x(\d+)@(\d+)/.exec(text ?? "") ?? [];
    return {
      step: at + 1,
      regime: "STABLE",
      tier: "T2",
      uds: 0.7,
      failureRisk: 0.2,
      publicClass: text === undefined ? "none" : text.endsWith("?") ? "review_only" : "hard_alert",
      reasons: [],
      message: undefined,
      pattern:
        text === undefined
          ? undefined
          : { rule, period: Number(period), cycles: Number(cycles), fromStep: Number(fromStep) },
    };
  });
}

test("a loop reaches back to where its pattern began, and carries its last count", () => {
  const loops = loopsOf(
    steps(undefined, undefined, undefined, undefined, "periodic:p1x4@2", "periodic:p1x5@2"),
  );
  expect(loops).toEqual([{ rule: "periodic", period: 1, cycles: 5, from: 1, to: 5, isHard: true }]);
  expect(nameOf(loops[0]!)).toBe("1 × 5");
});

test("two loops with other work between are two, without it one", () => {
  const first = "periodic:p1x4@1";
  const second = "periodic:p2x3@7";
  expect(
    loopsOf(steps(first, undefined, undefined, undefined, undefined, undefined, second)),
  ).toHaveLength(2);
  const joined = loopsOf(steps(undefined, undefined, undefined, first, "recurrence:p0x8@2"));
  expect(joined).toEqual([
    { rule: "recurrence", period: 0, cycles: 8, from: 0, to: 4, isHard: true },
  ]);
  expect(nameOf(joined[0]!)).toBe("× 8");
});

test("a hard loop keeps its name when only a pattern for review remains of it", () => {
  const loops = loopsOf(steps("periodic:p1x4@1", "jitter:p1x5@1?"));
  expect(loops).toEqual([{ rule: "periodic", period: 1, cycles: 4, from: 0, to: 1, isHard: true }]);
  expect(loopsOf(steps("jitter:p1x5@1?"))[0]?.isHard).toBe(false);
});

test("a second attempt that counts from step 1 again does not reach into the first", () => {
  const before = steps(undefined, undefined, undefined);
  const again = steps("periodic:p1x4@1");
  expect(loopsOf([...before, ...again])[0]?.from).toBe(3);
});

test("a loop is named by the calls of a cycle from its beginning, wherever it stands now", () => {
  const records = ["plan", "get", "put", "get", "put", "get"].map((name) => ({ name }));
  // Of a trace, only what names are taken from.
  const trace = { records, recordOf: [0, 1, 2, 3, 4, 5] } as unknown as Trace;
  const loop = { rule: "periodic", period: 2, cycles: 3, from: 1, to: 5, isHard: true };
  expect(toolsOf(loop, trace)).toBe("get → put");
  expect(toolsOf({ ...loop, to: 4 }, trace)).toBe("get → put");
  expect(toolsOf({ ...loop, period: 0, from: 0 }, trace)).toBe("plan → get → put");
});
