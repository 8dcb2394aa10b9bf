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
  [
    { rule: "jitter", period: 1, cycles: 5 },
    "called `read` 5 times in a row and got the same answer, with questions that differ in a number only",
  ],
  [
    { rule: "numeric", period: 1, cycles: 8 },
    "called `read` 8 times in a row with the same question, and only numbers in the answers moved",
  ],
  [
    { rule: "failing_call", period: 1, cycles: 5 },
    "made the same call of `read` 5 times, and each failed",
  ],
  [{ rule: "refused", period: 1, cycles: 7 }, "been refused 7 times, the last of `read`"],
  [
    { rule: "all_failing", period: 1, cycles: 10 },
    "made 10 calls in a row that failed, whatever the tool",
  ],
  [
    { rule: "ping_pong", period: 1, cycles: 4 },
    "handed on 4 times and got it back, with nothing done in between",
  ],
  [{ rule: "idle_talk", period: 1, cycles: 8 }, "answered 8 times with nothing but words"],
  [
    { rule: "blind_write", period: 1, cycles: 5 },
    "made the same change with `read` 5 times in a row",
  ],
  [
    { rule: "same_content", period: 1, cycles: 8 },
    "called `read` 8 times in a row and reported the same each time",
  ],
  [
    { rule: "same_tool", period: 1, cycles: 8 },
    "called `read` 8 times in a row, of which nothing but the name is known",
  ],
  [{ rule: "talk", period: 1, cycles: 1 }, "spoken once in a row without using a tool"],
  [{ rule: "long_wait", period: 1, cycles: 6 }, "waited with `read` for 6 steps"],
  [
    { rule: "same_answers", period: 1, cycles: 5 },
    "got the same answer from `read` 5 times in a row",
  ],
  [
    { rule: "probing", period: 1, cycles: 6 },
    "made the same call again and again, the latest with `read`",
  ],
  [{ rule: "narrow_search", period: 1, cycles: 10 }, "searched for 10 steps and learned little"],
  [{ rule: "repeats", period: 1, cycles: 9 }, "repeated earlier calls in 9 of its latest steps"],
  [
    { rule: "same_call", period: 1, cycles: 3 },
    "called `read` 3 times in a row with the same question",
  ],
  [{ rule: "failures", period: 1, cycles: 3 }, "made 3 calls in a row that failed"],
  [{ rule: "one_kind_of_work", period: 1, cycles: 20 }, "done one kind of work for 20 steps"],
  [{ rule: "little_new", period: 1, cycles: 2 }, "done little that is new for 2 steps"],
  [{ rule: "little_done", period: 1, cycles: 1 }, "got little done for 1 step"],
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

test("a tool whose name is nothing is left out, and of many tools the first four are named", () => {
  const told = { agent: "zed", regime: "LOOP", step: 9 };
  const failing = { rule: "error_run", period: 1, cycles: 5 } as const;
  expect(alertSentence({ ...told, pattern: failing, tools: ["\u0000"] })).toBe(
    "Zed has made 5 calls in a row that failed.",
  );
  const cycle = { rule: "periodic", period: 6, cycles: 3 } as const;
  expect(alertSentence({ ...told, pattern: cycle, tools: [..."aabcde"] })).toBe(
    "Zed has repeated the same 6 calls 3 times (`a`, `b`, `c`, `d` and others).",
  );
});

test("of what is no loop, or of what too little is known, the advice is another one", () => {
  const advice = (rule: "same_answers" | "same_tool" | "same_content", regime: string) =>
    alertMessage({ agent: "zed", regime, step: 9, pattern: { rule, period: 1, cycles: 8 } }).split(
      ". ",
    )[1];
  expect(advice("same_answers", "STAGNATION")).toBe("Look whether it still gets on.");
  expect(advice("same_tool", "GRIND")).toMatch(/^Send state_hash/);
  expect(advice("same_content", "GRIND")).toMatch(/^Send state_hash/);
  expect(advice("same_content", "LOOP")).toMatch(/^Stop it/);
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
  expect(of("tier>=T4 and steps>200 and agent=zed")).toBe("Zed has made 201 steps, more than 200.");
  // Which one was met is not known.
  expect(of("cost>2 or steps>200")).toBe("Zed gets less done than it did.");
});

test("names that strangers chose stay names", () => {
  const hostile = { ...story, agent: "x\u202e\ny", tools: ["a`; rm -rf `b\u0000"] };
  expect(alertSentence(hostile)).toMatch(/^x y has called `a ; rm -rf {2}b` 12 times/);
  expect(agentName("n".repeat(500))).toHaveLength(64);
  expect(agentName("Claude-Code")).toBe("Claude Code");
  expect(agentName("__proto__")).toBe("__proto__");
});

test("what moved in a workflow is told with figures, and since which session", () => {
  const moved = [
    { channel: "retries", unit: "share_of_calls", from: 0.02, to: 0.118 },
    { channel: "tools", name: "browse", unit: "share_of_calls", from: 0, to: 0.4 },
    { channel: "cost", unit: "nano_usd", from: 1e9, to: 2.5e9 },
  ];
  const workflow = { name: "nightly", moved, sinceSessionId: "s-42" };
  expect(alertMessage({ ...story, workflow })).toBe(
    "In workflow `nightly`, sessions are not what they were since session `s-42`: retries went from 2 % to 12 %, tools of `browse` went from 0 % to 40 %, and 1 more. Look at what its sessions do now.",
  );
  const units = ["nano_usd", "ms", "bits", "steps"].map((unit) =>
    alertSentence({
      ...story,
      workflow: { name: "w", moved: [{ channel: "x", unit, from: 1_500, to: 2e9 }] },
    }),
  );
  expect(units.map((sentence) => sentence.split(": ")[1])).toEqual([
    "x went from $0.00 to $2.00.",
    "x went from 1.5 s to 2000000.0 s.",
    "x went from 1500.0 bits to 2000000000.0 bits.",
    "x went from 1500 steps to 2000000000 steps.",
  ]);
});

test("how many sessions of a workflow had a loop is told as a count", () => {
  const workflow = { name: "nightly", loops: { looped: 9, sessions: 40 } };
  expect(alertSentence({ ...story, workflow })).toBe(
    "In workflow `nightly`, 9 of the latest 40 sessions had a loop.",
  );
});
