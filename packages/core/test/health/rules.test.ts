import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { newMemory } from "../../src/health/memory/saved-memory.ts";
import { seenSteps, withRoom } from "../../src/health/memory/seen-keys.ts";
import { everyStep as ring } from "../../src/health/rules/rings.ts";
import { stepBeat } from "../../src/health/signals/beat.ts";
import { learnVariety, varietyOf } from "../../src/health/signals/variety.ts";

const keys = fc.array(fc.integer({ min: 0, max: 4 }), { maxLength: 60 });

describe("a period ring", () => {
  test("counts what a full look back over the sequence counts", () => {
    fc.assert(
      fc.property(keys, (sequence) => {
        const memory = newMemory();
        sequence.forEach((key, index) => {
          ring.push(memory, key);
          stepBeat.push(memory, { traits: 0, atMs: 1, step: index + 1 });
        });
        for (let period = 1; period <= 8; period++) {
          let matches = 0;
          for (let at = sequence.length - 1; at >= period; at--) {
            // 0 is the key of what is not known: it equals nothing.
            if (sequence[at] !== sequence[at - period] || sequence[at] === 0) break;
            matches += 1;
          }
          expect(ring.matches(memory, period)).toBe(matches);
          if (matches > 0) {
            expect(ring.firstStep(memory, period)).toBe(sequence.length - matches - period + 1);
          }
        }
      }),
    );
  });
});

test("variety is n squared over the sum of the squared counts", () => {
  fc.assert(
    fc.property(keys, (sequence) => {
      const memory = newMemory();
      for (const key of sequence) learnVariety(memory, key + 1);
      const recent = sequence.slice(-20);
      const counts = [0, 1, 2, 3, 4].map((key) => recent.filter((one) => one === key).length);
      const squares = counts.reduce((sum, count) => sum + count * count, 0);
      const expected = recent.length === 0 ? 1 : (recent.length * recent.length) / squares;
      expect(varietyOf(memory, 20)).toBe(expected);
    }),
  );
});

test("the latest 429 keys are remembered, and no others", () => {
  let memory = newMemory();
  for (let key = 1; key <= 2_000; key++) {
    memory = withRoom(memory);
    expect(seenSteps.has(memory, key)).toBe(false);
    seenSteps.add(memory, key);
    if (key > 429) expect(seenSteps.has(memory, key - 429)).toBe(false);
    expect(seenSteps.has(memory, Math.max(1, key - 428))).toBe(true);
    expect(seenSteps.keyAgo(memory, Math.min(key - 1, 30))).toBe(Math.max(1, key - 30));
  }
});
