import { expect, test } from "vitest";
import { holds } from "./count.ts";
import { torture } from "./run.ts";

/** Collectors and database servers that are killed have tests of their own, with many rounds. */
const KINDS = ["killedAgent", "killedProxy", "damagedDatabase", "damagedSpool"];

test("one round of each kind: nothing is lost, doubled or broken, and no damage goes untold", {
  timeout: 120_000,
}, async () => {
  const counts = await torture({ minutes: 0, seed: 7, kinds: KINDS });
  expect(Object.keys(counts)).toEqual(KINDS);
  for (const [kind, count] of Object.entries(counts)) {
    expect(holds(count), `${kind}: ${JSON.stringify(count)}`).toBe(true);
  }
  expect(counts.killedAgent?.acknowledged).toBeGreaterThan(0);
});
