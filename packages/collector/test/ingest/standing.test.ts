import { Health, NOTHING_YET, type Step } from "@caum/core/health";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { decodeStanding, encodeStanding, standingOf } from "../../src/ingest/standing.ts";

test("what is stored of an assessment is read back to the bit", () => {
  const step: fc.Arbitrary<Step> = fc.record({
    kind: fc.constant("call" as const),
    tool: fc.constantFrom("read", "write"),
    status: fc.constantFrom("ok" as const, "error" as const, "not_found" as const),
    stateId: fc.constantFrom("a", "b", "c"),
  });
  fc.assert(
    fc.property(fc.array(step, { minLength: 1, maxLength: 30 }), (steps) => {
      const health = new Health();
      for (const next of steps) {
        const standing = standingOf(health.observe(next));
        expect(decodeStanding(encodeStanding(standing))).toEqual(standing);
      }
    }),
    { numRuns: 50 },
  );
});

/** How a session stands after so many equal calls. */
function afterCalls(count: number) {
  const health = new Health();
  let assessment = health.current();
  for (let at = 0; at < count; at++) {
    const same = { tool: "read", argumentsNorm: "a", resultNorm: "r", resultBytes: 40 } as const;
    assessment = health.observe({ kind: "call", status: "ok", op: "read", ...same });
  }
  return assessment;
}

test("what a standing loop has cost is told, and of what is no loop nothing", () => {
  const spent = { ...NOTHING_YET, loops: [{ costNanoUsd: 3 }, { costNanoUsd: 7 }] } as never;
  expect(standingOf(afterCalls(4), spent)).toMatchObject({ loopCostNanoUsd: 7 });
  expect(standingOf(afterCalls(4), NOTHING_YET)).not.toHaveProperty("loopCostNanoUsd");
  expect(standingOf(afterCalls(3), spent)).not.toHaveProperty("loopCostNanoUsd");
});

test.each([
  [{ loopCostNanoUsd: 7 }],
  [{ entersAlert: true }],
  [{ link: "linked" }],
  [{ link: "unknown" }],
  [{ loopCostNanoUsd: 1, entersAlert: true, link: "missing" }],
] as const)("%o is read back beside the assessment, and nothing else", (more) => {
  const standing = { ...standingOf(afterCalls(4)), ...more };
  expect(decodeStanding(encodeStanding(standing))).toEqual(standing);
});
