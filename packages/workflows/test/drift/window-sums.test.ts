import { expect, test } from "vitest";
import { COLUMNS, NUMBERS } from "../../src/drift/reading/channel.ts";
import { LEVELS } from "../../src/drift/reading/level.ts";
import { type Reading, UNKNOWN } from "../../src/drift/reading/reading.ts";
import { Ring } from "../../src/drift/ring.ts";
import { Baseline } from "../../src/drift/statistics/baseline.ts";
import { isPlainlyWeak } from "../../src/drift/statistics/column-test.ts";
import { WindowSums } from "../../src/drift/statistics/window-sums.ts";
import { randomFrom } from "./sessions.ts";

/** Codes of a session; how high and how varied they are differs from column to column. */
function readingFrom(random: () => number, lift: number): Reading {
  const codes = Uint8Array.from({ length: COLUMNS }, (_, column) => {
    // Some columns are not known of a session now and then.
    if (column % 7 === 3 && random() < 0.01) return UNKNOWN;
    const most = column < NUMBERS.length ? 60 : LEVELS - 1;
    // Many have the same, and what is rare becomes more frequent.
    const isOther = random() < (column % 5) / 6 + 0.02 + (column % 3 === 0 ? lift : 0);
    return isOther ? Math.floor(random() * most) : 0;
  });
  return { sessionId: "", startedMs: 0, looped: false, numbers: new Uint16Array(7), codes };
}

test("sums that are kept say of each column what going through its sessions says", () => {
  const said = { weak: 0, not: 0, unknown: 0 };
  for (let seed = 0; seed < 8; seed++) {
    const random = randomFrom(seed);
    const [baseline, ring] = [new Baseline(), new Ring()];
    for (let count = 0; count < 60 + 20 * seed; count++) baseline.add(readingFrom(random, 0));
    for (let count = 0; count < 40; count++) ring.push(readingFrom(random, 0));
    const sums = new WindowSums(baseline, ring.columns);
    for (let count = 0; count < 120; count++) {
      const reading = readingFrom(random, count % 60 < 30 ? 0 : 0.3);
      sums.push(reading.codes, ring.columns);
      ring.push(reading);
      for (let column = 0; column < COLUMNS; column++) {
        const codes = ring.column(column);
        const latest = codes.codes.subarray(codes.from, codes.from + codes.sessions);
        if (baseline.spread(column).total < 30) continue;
        if (latest.includes(UNKNOWN)) {
          said.unknown += 1;
          expect(sums.isWeak(column, ring.columns)).toBe(false);
          continue;
        }
        const isWeak = isPlainlyWeak(baseline.spread(column), codes);
        said[isWeak ? "weak" : "not"] += 1;
        expect(sums.isWeak(column, ring.columns)).toBe(isWeak);
      }
    }
  }
  for (const count of Object.values(said)) expect(count).toBeGreaterThan(500);
});
