import { describe, expect, test } from "vitest";
import { FIRST_STEPS, FIXED_SLOTS, MOST_STEPS, SLOT } from "../../../src/health/memory/layout.ts";
import { fromBytes, newMemory, toBytes } from "../../../src/health/memory/saved-memory.ts";
import { seenSteps, withRoom } from "../../../src/health/memory/seen-keys.ts";

/** A memory that has seen so many steps, with a number in its last place. */
function grown(steps: number): Float64Array {
  let memory = newMemory();
  for (let key = 1; key <= steps; key++) {
    memory = withRoom(memory);
    seenSteps.add(memory, key);
  }
  memory[memory.length - 1] = 0.1;
  return memory;
}

test("what was saved is read as it was: numbers, names, and one agent after the other", () => {
  const agents = [
    { memory: grown(1), names: '["","Lesen"]' },
    { memory: grown(60), names: '["tölpel","読む"]' },
    { memory: grown(500), names: "" },
  ];
  expect(fromBytes(toBytes(agents))).toEqual(agents);
  // Bytes that stand somewhere in a larger buffer, as those of a file do.
  const bytes = toBytes(agents);
  const within = new Uint8Array(bytes.length + 11);
  within.set(bytes, 5);
  expect(fromBytes(within.subarray(5, 5 + bytes.length))).toEqual(agents);
});

test("a memory grows twofold with its steps, up to its most", () => {
  const sizes = [27, 28, 54, 55, 108, 109, 216, 217, 429, 2_000].map(
    (steps) => grown(steps).length - FIXED_SLOTS,
  );
  expect(sizes).toEqual([27, 54, 54, 108, 108, 216, 216, 429, 429, 429]);
  expect([FIRST_STEPS, MOST_STEPS]).toEqual([27, 429]);
});

describe("bytes are refused", () => {
  const bytes = toBytes([{ memory: newMemory(), names: '["a"]' }]);
  const changed = (slot: number, value: number) => {
    const copy = Uint8Array.from(bytes);
    new DataView(copy.buffer).setFloat64(slot * 8, value, true);
    return copy;
  };
  const size = newMemory().length;
  const namesAt = size * 8;
  const longNames = Uint8Array.from(bytes);
  longNames[namesAt] = 6;

  test.each<[string, Uint8Array]>([
    ["that are none", new Uint8Array(0)],
    ["that break off", bytes.subarray(0, bytes.length - 1)],
    ["that break off before the names", bytes.subarray(0, namesAt + 3)],
    ["with something behind them", Uint8Array.of(...bytes, 0)],
    ["of another format", changed(SLOT.format, 6)],
    ["of a size that no memory has", changed(SLOT.size, size - 1)],
    ["of the size of more than there is", changed(SLOT.size, FIXED_SLOTS + 54)],
    ["whose names are longer than what is left", longNames],
  ])("%s", (_what, refused) => {
    expect(() => fromBytes(refused)).toThrow(
      new RangeError("not a saved health state of this version: replay the session"),
    );
  });
});
