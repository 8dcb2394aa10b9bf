import { expect, test } from "vitest";
import { scoreAtEnd } from "../../../src/health/session/capped.ts";
import { sessionTitle } from "../../../src/health/session/session-title.ts";

const KEYED = "x-0123abcd";

test.each([
  [undefined, "Claude Code"],
  [[], "Claude Code"],
  [["github"], "Claude Code with github"],
  [["github", "files"], "Claude Code with github and files"],
  [["a", "b", "c"], "Claude Code with a, b and c"],
  [["a", "b", "c", "d", "e"], "Claude Code with a, b, c and 2 more"],
  [["a", KEYED], "Claude Code with a and 1 more"],
  [[KEYED], "Claude Code with one server"],
  [[KEYED, KEYED], "Claude Code with 2 servers"],
  [[`${KEYED}0`], `Claude Code with ${KEYED}0`],
])("a session with the servers %o is called %s", (servers, title) => {
  expect(sessionTitle({ agent: "claude-code", servers })).toBe(title);
});

test("a workflow stands behind the agent", () => {
  expect(sessionTitle({ agent: "coder", workflow: "nightly", servers: ["a"] })).toBe(
    "coder: nightly with a",
  );
});

test.each([
  [4, 0.84, 0.69, "T3", true],
  [4, 0.69, 0.69, "T3", false],
  [4, 0.3, 0.3, "T4", false],
  [5, 0.84, 0.84, "T2", false],
] as const)(
  "a session that ends after %i steps with %d scores %d",
  (step, uds, at, tier, isShort) => {
    const before = uds > 0.7 ? "T2" : tier;
    expect(scoreAtEnd({ step, uds, tier: before })).toEqual({ uds: at, tier, isShort });
  },
);
