import { beforeEach, expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import {
  forgetScant,
  isScantRepeat,
  learnScant,
  sameContents,
  sameNames,
} from "../../../src/health/signals/scant.ts";
import { identify } from "../../../src/health/step/identity.ts";
import type { Step } from "../../../src/health/step/step.ts";

let memory = newMemory();
let number = 0;
beforeEach(() => {
  memory = newMemory();
  number = 0;
});

function call(facts: Partial<Step>): void {
  number += 1;
  const step: Step = { kind: "call", tool: "t", status: "unknown", ...facts };
  learnScant(memory, step, identify(step), { step: number, atMs: 0, attempt: number });
}
const lengths = () => [sameContents.length(memory), sameNames.length(memory)];

test.each<[string, Partial<Step>, Partial<Step>, readonly [number, number]]>([
  ["posted the same", { resultNorm: "r" }, {}, [2, 0]],
  ["posted something else", { resultNorm: "r" }, { resultNorm: "s" }, [1, 0]],
  ["posted the same, once as a failure", { resultNorm: "r" }, { status: "error" }, [1, 0]],
  ["posted the same of another tool", { resultNorm: "r" }, { tool: "u" }, [1, 0]],
  ["posted the same, knowing what was asked", { resultNorm: "r", argumentsNorm: "a" }, {}, [0, 0]],
  ["posted the same, naming a state", { resultNorm: "r", stateId: "s" }, {}, [0, 0]],
  ["say nothing but a name", {}, {}, [0, 2]],
  ["say nothing but another name", {}, { tool: "u" }, [0, 1]],
  ["say a name and how it ended", { status: "ok" }, {}, [0, 0]],
  ["say a name and a state", { stateId: "s" }, {}, [0, 0]],
  ["say a name and what was asked", { argumentsNorm: "a" }, {}, [0, 0]],
])("two calls that %s", (_what, first, second, expected) => {
  call(first);
  expect(isScantRepeat(memory)).toBe(false);
  call({ ...first, ...second });
  expect(lengths()).toEqual(expected);
  expect(isScantRepeat(memory)).toBe(Math.max(...expected) > 1);
});

test("a call of which more is known ends both runs, and so does a new word of the user", () => {
  for (const facts of [{ resultNorm: "r" }, {}]) {
    call(facts);
    call(facts);
    call({ argumentsNorm: "a" });
    expect(lengths()).toEqual([0, 0]);
    call(facts);
    forgetScant(memory);
    expect(lengths()).toEqual([0, 0]);
  }
});
