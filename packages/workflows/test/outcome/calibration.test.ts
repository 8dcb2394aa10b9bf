import { expect, test } from "vitest";
import { calibratedRisk, calibrationOf, outcomesOf } from "../../src/index.ts";
import { chanceOf, isotonic } from "../../src/outcome/isotonic.ts";
import { profileOf } from "../compare/profile-of.ts";
import { randomFrom } from "../drift/sessions.ts";

/** Sessions that fail as often as the square of their risk says. */
function drawn(count: number, seed: number, chance = (risk: number) => risk * risk) {
  const random = randomFrom(seed);
  return Array.from({ length: count }, () => {
    const risk = random();
    return { risk, failed: random() < chance(risk) };
  });
}

test("a risk means what came of sessions with such a risk", () => {
  const calibration = calibrationOf(drawn(600, 1));
  for (const risk of [0.2, 0.5, 0.8]) {
    expect(calibratedRisk(calibration, risk)).toBeGreaterThan(risk * risk - 0.13);
    expect(calibratedRisk(calibration, risk)).toBeLessThan(risk * risk + 0.13);
  }
  expect(calibratedRisk(calibration, null)).toBeNull();
  expect(calibration.error).toBeLessThan(calibration.errorOfShare ?? 0);
});

test("what was said of sessions that were not known yet is what came", () => {
  const { reliability, outcomes } = calibrationOf(drawn(600, 2));
  expect(reliability.map(({ sessions }) => sessions)).toEqual([120, 120, 120, 120, 120]);
  expect(outcomes).toBe(600);
  for (const { said, low, high } of reliability) {
    expect(said).toBeGreaterThan(low - 0.02);
    expect(said).toBeLessThan(high + 0.02);
  }
});

test("a higher risk is never said to fail less often", () => {
  for (let seed = 0; seed < 30; seed++) {
    const steps = isotonic(drawn(80, seed));
    const chances = Array.from({ length: 101 }, (_, at) => chanceOf(steps, at / 100));
    expect(chances).toEqual(chances.toSorted((one, other) => one - other));
    for (const { sessions } of steps) expect(sessions).toBeGreaterThanOrEqual(10);
  }
});

test("the order in which equal risks come does not matter", () => {
  const outcomes = drawn(200, 3).map(({ risk, failed }) => ({
    risk: Math.round(risk * 8) / 8,
    failed,
  }));
  expect(isotonic(outcomes.toReversed())).toEqual(isotonic(outcomes));
});

test("nothing is said with too few outcomes, with one kind, or where risk tells nothing", () => {
  expect(calibrationOf(drawn(49, 4))).toMatchObject({ steps: null, reason: "too_few_outcomes" });
  const solved = calibrationOf(drawn(200, 5, () => 0.01));
  expect(solved).toMatchObject({ steps: null, reason: "one_outcome", reliability: [] });
  const noise = calibrationOf(drawn(200, 6, () => 0.5));
  expect(noise).toMatchObject({ steps: null, reason: "risk_tells_nothing" });
  expect(calibratedRisk(noise, 0.9)).toBeNull();
});

test("only sessions with a risk and an outcome count", () => {
  const profiles = [
    profileOf({ failureRisk: 0.4, resolved: false }),
    profileOf({ failureRisk: null, resolved: false }),
    profileOf({ failureRisk: 0.2 }),
  ];
  expect(outcomesOf(profiles)).toEqual([{ risk: 0.4, failed: true }]);
});
