/** How much the steps of a session did, on average: 1 when each did something new. */
import { expect, test } from "vitest";
import { Health } from "../../src/health/health.ts";
import { Script } from "./families/script.ts";

const KNOWN = { tool: "read", op: "read", asks: "the one file", answers: "what it says" } as const;
const NEW = { ...KNOWN, asks: "another file", answers: "what that one says" } as const;

function yieldOf(write: (script: Script) => void): number {
  const script = new Script(3);
  write(script);
  const health = new Health();
  for (const step of script.steps) health.observe(step);
  expect(Health.restore(health.save()).workYield).toBe(health.workYield);
  return health.workYield;
}

test.each<[string, number, (script: Script) => void]>([
  ["nothing yet", 0, () => {}],
  ["a user's word, which is no step", 0, (script) => script.user("please")],
  ["two new calls", 1, (script) => script.call(KNOWN).call(NEW)],
  ["a new call and its repeat", (1 + 0.05) / 2, (script) => script.call(KNOWN).call(KNOWN)],
  [
    "a call, and what it was said to have found",
    (1 + 0.6) / 2,
    (script) => script.call(KNOWN).say("found"),
  ],
  [
    "what is said, and said again",
    (0.6 + 0.05) / 2,
    (script) => script.say("I look").say("I look"),
  ],
  [
    "a repeat that the user asked for",
    (1 + 0.5) / 2,
    (script) => script.call(KNOWN).user("again").call(KNOWN),
  ],
  [
    "two agents that do the same",
    1,
    (script) => {
      for (const agentTag of ["x-a", "x-b"]) script.call({ ...KNOWN, more: { agentTag } });
    },
  ],
])("%s: %d", (_what, expected, write) => {
  expect(yieldOf(write)).toBeCloseTo(expected, 12);
});

test("what is said at each look of a wait, and the looks, count as no step of little use", () => {
  const script = new Script(3).work(6);
  for (let look = 0; look < 6; look++) {
    script.call({ tool: "job", op: "wait", asks: "job x", answers: "running", gapMs: 30_000 });
    script.say("Still running.");
  }
  const health = new Health();
  const scores = script.steps.map((step) => health.observe(step)).map(({ scores: { esr } }) => esr);
  // A wait that is believed lowers nothing: what it did before stands.
  expect(new Set(scores.slice(-6)).size).toBe(1);
});
