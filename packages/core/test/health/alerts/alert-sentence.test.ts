import { expect, test } from "vitest";
import {
  type AlertStory,
  alertMessage,
  alertSentence,
} from "../../../src/health/alerts/alert-sentence.ts";
import { agentName } from "../../../src/health/alerts/readable-name.ts";

const story: AlertStory = {
  agent: "claude-code",
  regime: "LOOP",
  step: 17,
  pattern: { rule: "periodic", period: 1, cycles: 12 },
  tools: ["search_issues"],
  sinceMs: 1_000_000,
  nowMs: 1_000_000 + 3 * 60_000,
  costNanoUsd: 400_000_000,
};

test("a loop is told as a sentence: who, what, how often, for how long and for how much", () => {
  expect(alertSentence(story)).toBe(
    "Claude Code has called `search_issues` 12 times in a row with the same question for 3 minutes (about $0.40).",
  );
  expect(alertMessage(story)).toMatch(/\. Stop it, or tell it what to do differently\.$/);
});

test("what is not known is left out", () => {
  const { tools: _, sinceMs: __, costNanoUsd: ___, ...bare } = story;
  expect(alertSentence({ ...bare, agent: "default" })).toBe(
    "An agent has called the same tool 12 times in a row with the same question.",
  );
  expect(alertSentence({ ...story, sinceMs: story.nowMs, costNanoUsd: 1 })).toBe(
    "Claude Code has called `search_issues` 12 times in a row with the same question (less than $0.01).",
  );
});

test.each([
  [
    { rule: "periodic", period: 2, cycles: 4 },
    "repeated the same 2 calls 4 times (`read`, `edit`)",
  ],
  [
    { rule: "error_run", period: 1, cycles: 5 },
    "made 5 calls in a row that failed, the last of `read`",
  ],
  [
    { rule: "failing_write", period: 1, cycles: 6 },
    "tried a change with `read` 6 times in a row, and each failed",
  ],
  [
    { rule: "recurrence", period: 0, cycles: 9 },
    "done nothing but repeat earlier calls for 9 steps (`read`, `edit`)",
  ],
  [
    { rule: "leaky", period: 0, cycles: 14 },
    "repeated earlier calls in 14 of its latest steps (`read`, `edit`)",
  ],
  [{ rule: "same_message", period: 1, cycles: 4 }, "said the same thing 4 times in a row"],
] as const)("%o reads well", (pattern, deed) => {
  const told = {
    agent: "cursor-vscode",
    regime: "LOOP",
    step: 9,
    pattern,
    tools: ["read", "edit"],
  };
  expect(alertSentence(told)).toBe(`Cursor has ${deed}.`);
});

test("the second word says that it goes on, or that it ended", () => {
  expect(alertSentence({ ...story, word: "goes_on" })).toMatch(
    /^Claude Code has not stopped: by now it has called `search_issues` 12 times/,
  );
  expect(alertMessage({ ...story, word: "ended" })).toMatch(
    /^Claude Code has stopped repeating itself: it had called .+ Nothing needs to be done now\.$/,
  );
});

test("every condition has a sentence", () => {
  const told = { agent: "zed", regime: "STABLE", step: 201, tools: ["fetch"], totalNanoUsd: 2.6e9 };
  const of = (condition: string) => alertSentence({ ...told, condition });
  expect(of("cost>2.50")).toBe("Zed has cost $2.60 so far, more than $2.50.");
  expect(of("steps>200")).toBe("Zed has made 201 steps, more than 200.");
  expect(of("open_call>120")).toBe("Zed waits for an answer of `fetch` for more than 120 seconds.");
  expect(of("tool_definition_changed")).toMatch(/^Zed has a tool server that describes a tool/);
  expect(of("tier>=T4")).toBe("Zed gets less done than it did.");
});

test("names that strangers chose stay names", () => {
  const hostile = { ...story, agent: "x\u202e\ny", tools: ["a`; rm -rf `b\u0000"] };
  expect(alertSentence(hostile)).toMatch(/^x y has called `a ; rm -rf {2}b` 12 times/);
  expect(agentName("n".repeat(500))).toHaveLength(64);
  expect(agentName("Claude-Code")).toBe("Claude Code");
  expect(agentName("__proto__")).toBe("__proto__");
});
