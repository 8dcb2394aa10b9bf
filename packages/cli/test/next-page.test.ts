import { CollectorError } from "@caum/collector/validation";
import { expect, test } from "vitest";
import { CollectorSource } from "../src/sessions/collector/collector-source.ts";
import { cursorAfter } from "../src/sessions/source/next-page.ts";
import { startAnswering } from "./liar.ts";

test("the next page is another one, and there is none behind the last", () => {
  expect(cursorAfter("", "a")).toBe("a");
  expect(cursorAfter("a", null)).toBeNull();
  expect(() => cursorAfter("a", "a")).toThrow(CollectorError);
  expect(() => cursorAfter("a", undefined)).toThrow(CollectorError);
});

test("steps of a session whose page leads to itself are not asked for again and again", async () => {
  const text = JSON.stringify({ steps: [], next_cursor: "0" });
  const stuck = await startAnswering({ status: 200, type: "application/json", text });
  const reading = new CollectorSource({ url: stuck.url }).stepsFrom("s", 0);
  await expect(reading).rejects.toThrow("is no collector");
  stuck.close();
});
