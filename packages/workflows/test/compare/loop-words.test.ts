import { expect, test } from "vitest";
import { loopWords } from "../../src/compare/loop-words.ts";

test("a loop is told by its tools, its rule and the length of its cycle", () => {
  const told = [
    { rule: "periodic", period: 2, tools: ["edit", "test"] },
    { rule: "jitter", period: 1, tools: ["read"] },
    { rule: "periodic", period: 0, tools: [] },
    // Under keyed names one is like another.
    { rule: "periodic", period: 3, tools: ["x-0123abcd", "edit", "x-0123abce"] },
  ] as const;
  expect(told.map(loopWords)).toEqual([
    "edit, test: periodic, period 2",
    "read: jitter",
    "talk: periodic",
    "a tool with a keyed name, edit: periodic, period 3",
  ]);
});
