import { describe, expect, test } from "vitest";
import { Health } from "../../../src/health/health.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { HONEST } from "./honest.ts";
import { HONEST_LISTS } from "./honest-lists.ts";
import { LOOPS } from "./loops.ts";
import { LOOPS_MASKED } from "./loops-masked.ts";
import { Script } from "./script.ts";

/** Fewer where every change of the code is tried on all of them: scripts/mutation/. */
const SEEDS = Number(process.env.MUTATION_SEEDS ?? 25);
/** By chance the gaps of a loop may grow like those of a wait, and hold the alert back. */
const CHANCE_STEPS = 4;

/** Alerts of a session, as places in its list of events. */
function alertsOf(steps: readonly Step[]): readonly string[] {
  const health = new Health();
  return steps.flatMap((step, index) => {
    const { publicClass, reasons } = health.observe(step);
    return publicClass === "hard_alert" ? [`${index + 1} ${reasons.join(" ")}`] : [];
  });
}

function begun(seed: number): Script {
  const script = new Script(seed * 7_919);
  return script.work(script.between(0, 12));
}

describe("honest work that looks like a loop never raises a hard alert", () => {
  test.each(Object.entries({ ...HONEST, ...HONEST_LISTS }))("%s", (_name, write) => {
    for (let seed = 1; seed <= SEEDS; seed++) {
      const script = begun(seed);
      write(script);
      script.work(5);
      expect({ seed, alerts: alertsOf(script.steps) }).toEqual({ seed, alerts: [] });
    }
  });
});

describe("a loop is found, however it hides", () => {
  test.each(Object.entries({ ...LOOPS, ...LOOPS_MASKED }))("%s", (_name, { write, within }) => {
    let late = 0;
    for (let seed = 1; seed <= SEEDS; seed++) {
      const script = begun(seed);
      const before = script.steps.length;
      write(script);
      const alerts = alertsOf(script.steps).map((alert) => Number.parseInt(alert, 10) - before);
      expect(alerts[0], `seed ${seed}`).toBeGreaterThan(0);
      expect(alerts[0], `seed ${seed}`).toBeLessThanOrEqual(within + CHANCE_STEPS);
      if ((alerts[0] ?? 0) > within) late += 1;
    }
    expect(late).toBeLessThanOrEqual(SEEDS / 10);
  });
});

test("a loop with notes after each call is one alert, not one for every call", () => {
  const script = begun(1);
  LOOPS_MASKED["two notes after each call"]?.write(script);
  const health = new Health();
  const types = script.steps.map((step) => health.observe(step).eventType);
  expect(types.filter((type) => type === "structural_loop_entered")).toHaveLength(1);
});
