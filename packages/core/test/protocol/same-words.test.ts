/** The protocol may not import the engine, so its words stand in two places. */
import { expect, test } from "vitest";
import { parseCondition } from "../../src/health/alerts/condition/condition.ts";
import { REGIMES } from "../../src/health/scores/regime.ts";
import { regime, tier } from "../../src/protocol/fields.ts";

test("answers know the regimes of the engine, and no other", () => {
  expect(regime.options).toEqual([...REGIMES]);
});

test("a condition may wait for each tier and regime that answers know", () => {
  for (const name of tier.options) expect(parseCondition(`tier=${name}`)).toBeDefined();
  for (const name of regime.options) expect(parseCondition(`regime=${name}`)).toBeDefined();
});
