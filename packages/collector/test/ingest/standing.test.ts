import { Health, type Step } from "@caum/core/health";
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
