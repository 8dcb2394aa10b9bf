import fc from "fast-check";
import { expect, test } from "vitest";
import { compareOrder } from "../../src/difference/step-order.ts";
import { StepOrder } from "../../src/index.ts";

function orderOf(...taken: readonly (readonly [step: number, toolName: string])[]) {
  const order = new StepOrder();
  for (const [step, toolName] of taken) order.take(step, { toolName });
  return order.names;
}

test("steps stand in their order, and what repeats one is no other", () => {
  expect(orderOf([1, "a"], [2, "b"], [2, "again"], [3, "c"])).toEqual(["a", "b", "c"]);
});

test("steps that are counted anew take the place of those before", () => {
  expect(orderOf([1, "a"], [2, "b"], [3, "c"], [1, "d"], [2, "e"])).toEqual(["d", "e"]);
});

test("a step that nobody told leaves its place", () => {
  expect(orderOf([0, "no step"], [1, "a"], [3, "c"])).toEqual(["a", "?", "c"]);
});

test("two orders share exactly their common beginning", () => {
  const names = fc.array(fc.constantFrom("a", "b", "c"), { maxLength: 12 });
  fc.assert(
    fc.property(names, names, (one, other) => {
      const { sameSteps, a, b } = compareOrder(one, other);
      expect(one.slice(0, sameSteps)).toEqual(other.slice(0, sameSteps));
      expect([a, b]).toEqual([one[sameSteps] ?? null, other[sameSteps] ?? null]);
      expect(a === null ? b === null || a !== b : a !== b).toBe(true);
      expect(compareOrder(other, one)).toMatchObject({ sameSteps, a: b, b: a });
    }),
  );
});

test.each([
  [[], [], "Both call the same tools in the same order, over 0 steps."],
  [["a"], ["a"], "Both call the same tools in the same order, over 1 step."],
  [["a"], ["b"], "They begin differently; step 1 is a in A and b in B."],
  [
    ["a", "b"],
    ["a", "b", "c"],
    "The first 2 steps are alike; step 3 is nothing more in A and c in B.",
  ],
])("%j and %j", (one, other, said) => {
  expect(compareOrder(one, other).said).toBe(said);
});
