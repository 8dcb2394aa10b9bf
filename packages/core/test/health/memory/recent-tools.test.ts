import { expect, test } from "vitest";
import { RecentTools } from "../../../src/health/memory/recent-tools.ts";

function toolsOf(...calls: readonly string[]): RecentTools {
  const tools = new RecentTools();
  for (const call of calls) tools.noteCall(call);
  return tools;
}

test.each([
  [1, ["b"]],
  [2, ["a", "b"]],
  [3, ["c", "a", "b"]],
  [4, ["a", "c", "b"]],
  [0, ["b", "a", "c"]],
  [99, ["b", "a", "c"]],
])(
  "of the last %i calls the tools are %j: each once, in the order of first use",
  (count, names) => {
    expect(toolsOf("b", "a", "c", "a", "b").ofCalls(count)).toEqual(names);
  },
);

test("the last eight calls are known", () => {
  const calls = [..."abcdefghi"];
  expect(toolsOf(...calls).ofCalls(0)).toEqual(calls.slice(1));
  expect(toolsOf(...calls.slice(1)).ofCalls(0)).toEqual(calls.slice(1));
});

test("of a name 64 characters are kept, of a tool and of a speaker", () => {
  const tools = toolsOf("t".repeat(65));
  expect(tools.speaker).toBe("");
  tools.noteSpeaker("s".repeat(65));
  expect([tools.ofCalls(1), tools.speaker]).toEqual([["t".repeat(64)], "s".repeat(64)]);
});

test("what was saved is restored", () => {
  const tools = toolsOf("a", "b");
  tools.noteSpeaker("assistant");
  const restored = RecentTools.restore(tools.save());
  expect([restored.speaker, restored.ofCalls(0)]).toEqual(["assistant", ["a", "b"]]);
  expect(RecentTools.restore("[]").speaker).toBe("");
});

test.each(["", "{}", "[1]", '["a",null]', '"a"', "["])("%j is no saved names", (text) => {
  expect(() => RecentTools.restore(text)).toThrow(RangeError);
});
