import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { caum } from "../../../../bench/health/detector.ts";
import { type Evaluation, evaluate } from "../../../../bench/health/evaluate.ts";
import { readTraceSet, type Sight } from "../../../../bench/health/trace-set.ts";

const TRACES = fileURLToPath(new URL("../../../../bench/health/data", import.meta.url));

/** Figures of one group of sessions at one level of sight. */
function figures(evaluation: Evaluation | undefined, group: string) {
  const found = evaluation?.figures.get(group);
  if (found === undefined) throw new Error(`no sessions in ${group}`);
  return found;
}

describe("on recorded traces", () => {
  const by = new Map<Sight, Evaluation>();
  beforeAll(() => {
    for (const sight of ["full", "no arguments", "no results", "labels only"] as const) {
      by.set(sight, evaluate(caum, readTraceSet(TRACES, sight)));
    }
  }, 60_000);

  test("undeniable loops are found, soon, and hardly anything else", () => {
    const all = figures(by.get("full"), "all");
    const real = figures(by.get("full"), "all real");
    expect(all.f1).toBeGreaterThanOrEqual(0.98);
    expect(all.precision).toBeGreaterThanOrEqual(0.99);
    expect(real.falsePer1000).toBeLessThanOrEqual(0.05);
    expect(all.delay).toBeLessThanOrEqual(2);
    expect(real.delayP90).toBeLessThanOrEqual(4);
    expect(all.afterProofP90).toBeLessThanOrEqual(0);
  });

  test("what is soft is shown for review, and healthy steps seldom are", () => {
    const all = figures(by.get("full"), "all");
    expect(all.softShown).toBeGreaterThanOrEqual(0.9);
    expect(all.noise).toBeLessThanOrEqual(0.03);
  });

  test.each([
    ["full", 0.002],
    ["no arguments", 0.005],
    ["no results", 0.002],
    ["labels only", 0],
  ] as const)(
    "with %s in sight, look-alikes and waits pass and clean sessions nearly all",
    (sight, clean) => {
      expect(figures(by.get(sight), "look-alikes (healthy)").cleanAlerted).toBe(0);
      expect(figures(by.get(sight), "all").waitsAlerted).toBe(0);
      const real = figures(by.get(sight), "all real");
      expect(real.cleanAlerted).toBeLessThanOrEqual(clean);
      expect(real.tierEntriesPer1000).toBeLessThanOrEqual(1);
      expect(real.lateTierEntriesPer1000).toBeLessThanOrEqual(1);
    },
  );
});
