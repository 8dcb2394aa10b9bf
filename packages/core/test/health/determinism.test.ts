import fc from "fast-check";
import { expect, test } from "vitest";
import type { Assessment } from "../../src/health/assessment.ts";
import { Health } from "../../src/health/health.ts";
import type { Step } from "../../src/health/step/step.ts";
import { everything, goldenDigest, judge } from "./families/golden.ts";
import { LOOPS } from "./families/loops.ts";
import { Script } from "./families/script.ts";

/** Changes only with the engine: a new value here is a new engine version. */
const GOLDEN = "b9758483c8a4bd9501e54f0a9750a9c1afc9f0efe2ec1307755ef44e7c44735b";

function shuffled(step: Step): Step {
  // The same fields in another order are the same step.
  return Object.fromEntries(Object.entries(step).reverse()) as unknown as Step;
}

const step: fc.Arbitrary<Step> = fc.record(
  {
    kind: fc.constantFrom("call", "call", "call", "turn", "message", "user"),
    tool: fc.constantFrom("a", "b", "user"),
    status: fc.constantFrom("ok", "error", "not_found", "timeout"),
    op: fc.constantFrom("read", "write", "wait", "other"),
    argumentsNorm: fc.constantFrom("1", "2"),
    argumentsShape: fc.constantFrom("1", "2"),
    argumentsBytes: fc.constantFrom(0, 40),
    resultNorm: fc.constantFrom("3", "4"),
    resultShape: fc.constantFrom("3", "4"),
    resultBytes: fc.constantFrom(0, 40, 4_000),
    messageHash: fc.constantFrom("5", "6"),
    stateId: fc.constantFrom("7", "8"),
    parentEventId: fc.constantFrom("9", "10"),
    atMs: fc.integer({ min: 1, max: 10_000_000 }),
  },
  { requiredKeys: ["kind", "tool"] },
);
const sessions = fc.array(step, { minLength: 1, maxLength: 80 });

test("the assessments of a fixed session are the same on every machine and version of Node", () => {
  expect(goldenDigest()).toBe(GOLDEN);
});

test("two runs, and any order of keys, give the same bytes", () => {
  const steps = everything(7);
  const once = JSON.stringify(judge(steps));
  expect(JSON.stringify(judge(steps))).toBe(once);
  expect(JSON.stringify(judge(steps.map(shuffled)))).toBe(once);
});

test("a thousand sessions side by side are judged like one after another", () => {
  const all = Array.from({ length: 1_000 }, (_, seed) => new Script(seed + 1).work(3 + (seed % 5)));
  for (const [index, script] of all.entries()) {
    const family = Object.values(LOOPS)[index % Object.keys(LOOPS).length];
    family?.write(script);
  }
  const alone = all.map((script) => judge(script.steps).at(-1));
  const healths = all.map(() => new Health());
  const last: (Assessment | undefined)[] = [];
  for (let turn = 0; turn < 60; turn++) {
    for (const [index, script] of all.entries()) {
      const next = script.steps[turn];
      if (next !== undefined) last[index] = healths[index]?.observe(next);
    }
  }
  for (const [index, script] of all.entries()) {
    if (script.steps.length <= 60) expect(last[index]).toEqual(alone[index]);
  }
});

test("saved and restored anywhere, a session goes on as if nothing had happened", () => {
  fc.assert(
    fc.property(sessions, fc.nat(80), (steps, at) => {
      let health = new Health();
      const assessments = steps.map((one, index) => {
        if (index === at) health = Health.restore(health.save());
        return health.observe(one);
      });
      expect(assessments).toEqual(judge(steps));
    }),
    { numRuns: 150 },
  );
});

test("asked again, a session stands as one that was restored, after every step", () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
      const health = new Health();
      for (const one of steps) {
        health.observe(one);
        expect(health.current()).toEqual(Health.restore(health.save()).current());
      }
    }),
  );
});

test("a long session is restored exactly, too", () => {
  const steps = [...new Script(5).work(700).steps, ...everything(6)];
  const health = new Health();
  for (const one of steps.slice(0, 650)) health.observe(one);
  const restored = Health.restore(health.save());
  for (const one of steps.slice(650)) expect(restored.observe(one)).toEqual(health.observe(one));
});

test("bytes that are no saved state are refused", () => {
  expect(() => Health.restore(new Uint8Array(100))).toThrow(RangeError);
  expect(() => Health.restore(new Health().save().subarray(0, 64))).toThrow(RangeError);
});

test("every assessment is within its bounds, whatever comes", () => {
  fc.assert(
    fc.property(sessions, (steps) => {
      for (const one of judge(steps)) {
        for (const value of [one.uds, one.failureRisk ?? 0, ...Object.values(one.scores)]) {
          expect(value >= 0 && value <= 1).toBe(true);
        }
        expect(one.publicClass === "hard_alert").toBe(
          one.regime.endsWith("LOOP") && one.uds <= 0.29 && one.reasons.length > 0,
        );
        expect(one.coordination.decision).toBe("observe_only");
      }
    }),
    { numRuns: 150 },
  );
});
