import { expect, test } from "vitest";
import { stepRow, stepTitles } from "../src/sessions/shown/step-row.ts";

const STEP = {
  session: "a-session-with-a-long-name",
  step: 7,
  tool: "some_tool_with_a_very_long_name",
  op: "test",
  status: "error",
  regime: "GRIND",
  uds: 0.5,
  tier: "T4",
  alert: false,
  message: null,
  reasons: ["exact_retry"],
};

test("a row of a narrow terminal fits into 40 columns", () => {
  expect(stepTitles(40)).toBe("session  step  tool        status  tier");
  expect(stepRow(STEP, 40)).toBe("a-sessi     7  some_tool_  error   T4");
  expect(stepRow(STEP, 40).length).toBeLessThanOrEqual(40);
});

test("a wide row has every column, and the reasons of an alert", () => {
  expect(stepTitles(120)).toMatch(/^session +step +tool +op +status +regime +uds +tier +alert$/);
  expect(stepRow({ ...STEP, alert: true }, 120)).toMatch(
    /^a-session-with-a-lon {5}7 .* test +error +GRIND +0\.50 {2}T4 {4}ALERT exact_retry$/,
  );
});
