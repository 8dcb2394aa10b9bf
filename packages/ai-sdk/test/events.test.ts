import { registerCaum } from "@caum/ai-sdk";
import { expect, test } from "vitest";
import { eventsOf } from "../../../test/records.ts";
import { recorded } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

test.each(SCENARIOS)("$name gives exactly its events", async ({ run, events }) => {
  const records = await recorded(() => run().catch(() => undefined));
  expect(eventsOf(records)).toEqual(events);
});

test.each(SCENARIOS)(
  "$name gives the same events when registered twice",
  async ({ run, events }) => {
    const records = await recorded(async () => {
      const again = registerCaum({ quiet: true });
      expect(again).toBe(registerCaum());
      await run().catch(() => undefined);
    });
    expect(eventsOf(records)).toEqual(events);
  },
);
