import { describe, expect, test } from "vitest";
import { EventIds } from "../../src/capture/event-id.ts";

const UUID_7 = /^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

function idsAt(times: readonly number[], byte = 0xff): EventIds {
  let index = 0;
  return new EventIds({
    clock: () => times[Math.min(index++, times.length - 1)] ?? 0,
    fillRandom: (bytes) => bytes.fill(byte),
  });
}

describe("an event id", () => {
  test("is a UUID of version 7 that begins with the time", () => {
    const id = idsAt([1_763_690_657_123]).next();
    expect(id).toMatch(UUID_7);
    expect(Number.parseInt(id.replaceAll("-", "").slice(0, 12), 16)).toBe(1_763_690_657_123);
  });

  test("rises within a millisecond, beyond the counter, and when the clock steps back", () => {
    const ids = idsAt([5_000, 5_000, 4_000]);
    let previous = "";
    for (let index = 0; index < 10_000; index++) {
      const id = ids.next();
      expect(id > previous).toBe(true);
      expect(id).toMatch(UUID_7);
      previous = id;
    }
  });

  test("comes from the randomness it was given", () => {
    expect(idsAt([1], 0x00).next()).toBe("00000000-0001-7000-8000-000000000000");
    expect(idsAt([1], 0xff).next()).toBe("00000000-0001-77ff-bfff-ffffffffffff");
  });
});
