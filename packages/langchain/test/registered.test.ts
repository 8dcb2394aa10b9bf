import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { registerCaum } from "@caum/langchain";
import { expect, test } from "vitest";
import { eventsOf, recordsIn } from "../../../test/records.ts";
import { SCENARIOS, type Scenario } from "./scenarios.ts";

async function outcomeOf({ run }: Scenario): Promise<unknown> {
  try {
    return { result: await run([]) };
  } catch (error) {
    return { error };
  }
}

test.each(SCENARIOS)("$name is seen once, and the same, by registerCaum", async (scenario) => {
  const bare = await outcomeOf(scenario);
  const home = mkdtempSync(join(tmpdir(), "caum-registered-"));
  const registration = registerCaum({ home, env: {}, quiet: true });
  expect(registerCaum()).toBe(registration);
  const observed = await outcomeOf(scenario);
  await registration.close();
  expect(observed).toStrictEqual(bare);
  expect(eventsOf(recordsIn(home))).toEqual(scenario.events);
  rmSync(home, { recursive: true, force: true });
});
