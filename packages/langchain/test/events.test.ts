import { expect, test } from "vitest";
import { eventsOf } from "../../../test/records.ts";
import { recorded } from "./recorded.ts";
import { SCENARIOS } from "./scenarios.ts";

test.each(SCENARIOS)("$name gives exactly its events", async ({ run, events }) => {
  const records = await recorded((handler) => run([handler]).catch(() => undefined));
  expect(eventsOf(records)).toEqual(events);
});
