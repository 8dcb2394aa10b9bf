import { expect, test } from "vitest";
import { Health } from "../../src/health/health.ts";
import { Script } from "./families/script.ts";

test("ten thousand sessions take about 4 KB each, and no session more than 7", () => {
  const steps = new Script(9).work(600).steps;
  const sessions = Array.from({ length: 10_000 }, () => new Health());
  for (const [index, health] of sessions.entries()) {
    for (let turn = 0; turn < 10; turn++) {
      const step = steps[(index + turn) % steps.length];
      if (step !== undefined) health.observe(step);
    }
  }
  const [first] = sessions;
  expect(first?.byteLength).toBeLessThanOrEqual(4_096);
  for (const step of steps.slice(0, 90)) first?.observe(step);
  expect(first?.byteLength).toBeLessThanOrEqual(4_608);
  for (const step of steps) first?.observe(step);
  expect(first?.byteLength).toBeLessThanOrEqual(7_168);
});
