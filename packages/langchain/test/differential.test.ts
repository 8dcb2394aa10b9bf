import type { Observer } from "@caum/core";
import { CaumCallbackHandler } from "@caum/langchain";
import { expect, test } from "vitest";
import { recorded } from "./recorded.ts";
import { type Callbacks, SCENARIOS, type Scenario } from "./scenarios.ts";

/** A core that throws whatever is done with it. */
const broken = new Proxy({} as Observer, {
  get() {
    throw new Error("core is broken");
  },
});

/** What a user sees: the result, or the very error object. */
async function outcomeOf({ run }: Scenario, callbacks: Callbacks): Promise<unknown> {
  try {
    return { result: await run(callbacks) };
  } catch (error) {
    return { error };
  }
}

test.each(SCENARIOS)("$name is the same with and without us", async (scenario) => {
  const bare = await outcomeOf(scenario, []);
  let observed: unknown;
  await recorded(async (handler) => {
    observed = await outcomeOf(scenario, [handler]);
  });
  expectSame(observed, bare);
});

test.each(SCENARIOS)("$name is the same when our core throws at every call", async (scenario) => {
  const bare = await outcomeOf(scenario, []);
  const handler = new CaumCallbackHandler({ observer: broken, quiet: true });
  const observed = await outcomeOf(scenario, [handler]);
  expectSame(observed, bare);
  expect(handler.failures > 0).toBe(scenario.events.length > 0);
});

function expectSame(observed: unknown, bare: unknown): void {
  expect(observed).toStrictEqual(bare);
  const [ours, theirs] = [observed, bare].map((outcome) => (outcome as { error?: unknown }).error);
  expect(ours).toBe(theirs);
}
