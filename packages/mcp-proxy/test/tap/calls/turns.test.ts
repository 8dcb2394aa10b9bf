import { expect, test } from "vitest";
import type { RecordedCall } from "../../../src/tap/calls/recorded-call.ts";
import { parentOf, Turns } from "../../../src/tap/calls/turns.ts";

const call = (n: unknown, more: Partial<RecordedCall> = {}): RecordedCall => ({
  method: "tools/call",
  tool: "get_x",
  arguments: { n },
  ...more,
});

/** Begins one call that is never answered, and answers others beside it, one a millisecond. */
function beside(others: readonly RecordedCall[]) {
  const turns = new Turns();
  const first = turns.begin(call("endless"), 0);
  const joined = others.map((other, at) => {
    const turn = turns.begin(other, at);
    turns.end(turn, other, at);
    return turn === first;
  });
  return { first, joined };
}

test("what was not answered in a turn joins it soon after an answer", () => {
  const { first, joined } = beside([call(1), call(2), call(1, { tool: "other" })]);
  expect(joined).toEqual([true, true, true]);
  expect(parentOf(first)).toBe(first.id);
});

test.each([
  ["in one piece", call(1), call(1)],
  [
    "whose arguments are cut",
    call(0, { cutArguments: { head: Buffer.from("head"), byteLength: 90_000 } }),
    call(1, { cutArguments: { head: Buffer.from("head"), byteLength: 90_000 } }),
  ],
])("a call %s that was answered in a turn begins another one", (_name, one, again) => {
  expect(beside([one, again]).joined).toEqual([true, false]);
});

test.each([
  ["length", { head: Buffer.from("head"), byteLength: 90_001 }],
  ["beginning", { head: Buffer.from("haed"), byteLength: 90_000 }],
])("cut arguments of another %s are others", (_name, cutArguments) => {
  const one = call(0, { cutArguments: { head: Buffer.from("head"), byteLength: 90_000 } });
  expect(beside([one, call(0, { cutArguments })]).joined).toEqual([true, true]);
});

test("beside a call that is never answered a turn does not grow for ever", () => {
  const { first, joined } = beside(Array.from({ length: 5_000 }, (_, n) => call(n)));
  expect(first.size).toBe(1_000);
  expect(first.answered.size).toBeLessThan(1_000);
  expect(joined.lastIndexOf(true)).toBe(998);
});
