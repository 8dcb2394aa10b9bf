/** One row for each number of the rules in docs/signals.md: one less is no alert, this many is one. */
import { expect, test } from "vitest";
import { Health } from "../../src/health/health.ts";
import { type CallFacts, Script } from "./families/script.ts";

interface Row {
  /** Repetitions at which the alert must stand. */
  readonly at: number;
  /** Writes down what is repeated, the first time with 1. */
  readonly once: (script: Script, time: number) => void;
  /** What comes before. */
  readonly before?: (script: Script) => void;
}

const READ: CallFacts = { tool: "read", op: "read", asks: "the one file", answers: "what it says" };
const LONG = "the same page, word for word, as at the last try";
const file = (index: number): CallFacts => {
  return {
    tool: "read",
    op: "read",
    asks: `file ${"abcdefghijkl"[index]}`,
    answers: `text ${"abcdefghijkl"[index]}`,
  };
};
const readAll = (script: Script, count: number) => {
  for (let index = 0; index < count; index++) script.call(file(index));
};
const failing = (script: Script, facts: Partial<CallFacts>) => {
  script.call({
    tool: "t",
    op: "run",
    asks: "it all",
    answers: script.fresh(),
    status: "error",
    ...facts,
  });
};

const ROWS: Readonly<Record<string, Row>> = {
  "periodic, one call": { at: 4, once: (script) => script.call(READ) },
  "periodic, one call with notes": {
    at: 4,
    once: (script) => script.say(script.fresh()).call(READ),
  },
  "periodic, one call with turns that ask for nothing": {
    at: 5,
    once: (script) => {
      script.say(script.fresh());
      const said = script.steps.pop();
      if (said !== undefined) script.steps.push({ ...said, kind: "turn" });
      script.call(READ);
    },
  },
  "periodic, one key": {
    at: 6,
    once: (script) => script.call({ tool: "press", op: "act", asks: "down", answers: "pressed" }),
  },
  "periodic, a cycle of moves": {
    at: 5,
    once: (script) => {
      script.call({ tool: "turn", op: "act", asks: "left", answers: "ok" });
      script.call({ tool: "walk", op: "act", asks: "one metre", answers: "ok" });
    },
  },
  "periodic, a cycle": { at: 3, once: (script) => readAll(script, 3) },
  "recurrence, known calls in a row": {
    at: 8,
    before: (script) => readAll(script, 10),
    once: (script, time) => script.call(file((time * 7) % 10)),
  },
  "recurrence, attempts": {
    at: 3,
    before: (script) => readAll(script, 10),
    once: (script, time) => {
      // Eight known calls of the first turn alone are one look back.
      for (let index = 0; index < (time === 1 ? 8 : 1); index++) {
        script.call({ ...file((index + time * 3) % 10), more: { parentEventId: `turn ${time}` } });
      }
    },
  },
  "recurrence, two more for each word of the user": {
    at: 14,
    before: (script) => readAll(script, 10),
    once: (script, time) => {
      if (time === 2 || time === 5 || time === 8) script.user(script.fresh());
      script.call(file((time * 7) % 10));
    },
  },
  "leaky, steps of 16 that are old": {
    at: 13,
    before: (script) => {
      readAll(script, 2);
      script.work(1);
    },
    once: (script, time) => {
      // The fifth and the tenth time, something new comes first.
      if (time === 5 || time === 10) script.work(1);
      script.call(file((time * time) % 2));
    },
  },
  "jitter, one call": {
    at: 5,
    once: (script, time) =>
      script.call({ tool: "get", op: "net", asks: `try ${time}`, answers: LONG }),
  },
  "jitter, a cycle": {
    at: 4,
    once: (script, time) => {
      script.call({ tool: "get", op: "net", asks: `try ${time}`, answers: LONG });
      script.call({ tool: "parse", op: "run", asks: `parse ${time}`, answers: LONG });
    },
  },
  "numeric, one call": {
    at: 8,
    once: (script, time) =>
      script.call({ tool: "py", op: "run", asks: "the run", answers: `${LONG.repeat(6)} ${time}` }),
  },
  "numeric, a cycle": {
    at: 5,
    once: (script, time) => {
      script.call({ tool: "py", op: "run", asks: "the run", answers: `${LONG.repeat(6)} ${time}` });
      script.call({ tool: "sh", op: "run", asks: "the test", answers: `took ${time} of them` });
    },
  },
  error_run: {
    at: 5,
    once: (script, time) => failing(script, { asks: script.fresh(), answers: `bad line ${time}` }),
  },
  failing_call: { at: 5, once: (script) => failing(script, {}) },
  "failing_write, in ever new ways": {
    at: 8,
    once: (script) => failing(script, { op: "write", asks: script.fresh() }),
  },
  "failing_write, looked at again in between": {
    at: 6,
    before: (script) => script.call(READ),
    once: (script) => {
      script.call(READ);
      failing(script, { op: "write", asks: script.fresh() });
    },
  },
  refused: {
    at: 7,
    once: (script, time) => {
      const asks = script.fresh();
      failing(script, { tool: `tool ${"ab"[time % 2]}`, asks, status: "rejected" });
    },
  },
  "all_failing, calls": {
    at: 10,
    once: (script, time) =>
      failing(script, { tool: `tool ${"abc"[time % 3]}`, asks: script.fresh() }),
  },
  blind_write: {
    at: 5,
    once: (script) =>
      script.call({
        tool: "w",
        op: "write",
        asks: "the very same change",
        answers: script.fresh(),
      }),
  },
  same_message: { at: 4, once: (script) => script.say("I am sorry") },
  idle_talk: {
    at: 8,
    once: (script) => script.user("go on, it is not done").say(script.fresh()),
  },
  ping_pong: {
    at: 8,
    before: (script) => script.call({ ...READ, more: { agentTag: "planner" } }),
    once: (script, time) => {
      const agentTag = time % 2 === 0 ? "planner" : "coder";
      const more = { agentTag };
      script.call({ tool: "hand", op: "end", asks: script.fresh(), answers: "handed on", more });
    },
  },
  "a wait that has lost its sense": {
    at: 60,
    before: (script) => script.work(4),
    once: (script) =>
      script.call({ tool: "job", op: "wait", asks: "job x", answers: "running", gapMs: 60_000 }),
  },
};

function isAlerted({ before, once }: Row, times: number): boolean {
  const script = new Script(12).work(6);
  before?.(script);
  for (let time = 1; time <= times; time++) once(script, time);
  const health = new Health();
  return script.steps.some((step) => health.observe(step).publicClass === "hard_alert");
}

test.each(Object.entries(ROWS))("%s: its number is the one of docs/signals.md", (_name, row) => {
  expect({ before: isAlerted(row, row.at - 1), at: isAlerted(row, row.at) }).toEqual({
    before: false,
    at: true,
  });
});

/** The regime after so many looks at the same job, a gap apart, by a session with a pace of its own. */
function lookAt(facts: CallFacts, looks: number, gapMs: number, paceMs?: number) {
  const script = new Script(3);
  if (paceMs !== undefined) {
    for (let step = 0; step < 8; step++) {
      script.call({
        tool: "t",
        op: "read",
        asks: script.fresh(),
        answers: script.fresh(),
        gapMs: paceMs,
      });
    }
  }
  for (let look = 0; look < looks; look++) script.call({ ...facts, gapMs });
  const health = new Health();
  return script.steps.map((step) => health.observe(step)).at(-1);
}

const JOB: CallFacts = { tool: "job", op: "wait", asks: "job x", answers: "running" };
const PAGE: CallFacts = { tool: "get", op: "net", asks: "the page x", answers: "not ready yet" };

test.each([
  ["asks every 10 s", JOB, 10_000, undefined, "none"],
  ["asks more often", JOB, 9_900, undefined, "hard_alert"],
  ["asks 1.5 times as seldom as it works", JOB, 3_000, 2_000, "none"],
  ["asks more often than that", JOB, 3_000, 2_100, "hard_alert"],
  ["asks 1.5 times as seldom, but every 2.9 s", JOB, 2_900, 1_000, "hard_alert"],
  ["looks every 20 s, 2 times as seldom as it works", READ, 20_000, 10_000, "none"],
  ["looks more often than that", READ, 20_000, 10_100, "hard_alert"],
  ["looks more often than every 20 s", READ, 19_900, 5_000, "hard_alert"],
  ["looks every minute, as it works: a slow model", READ, 60_000, 60_000, "hard_alert"],
  ["looks every minute, nothing else being known", READ, 60_000, undefined, "hard_alert"],
  ["fetches every 20 s, nothing else being known", PAGE, 20_000, undefined, "none"],
] as const)("who %s is believed to wait or is not", (_name, facts, gapMs, paceMs, expected) => {
  expect(lookAt(facts, 5, gapMs, paceMs)?.publicClass).toBe(expected);
});

test.each([
  [5, "none", "a wait is ordinary"],
  [6, "review_only", "a wait is tiresome"],
  [14, "review_only", "the pattern itself is for review"],
] as const)("at look %i, %s: %s", (looks, expected, _why) => {
  const script = new Script(3).work(12);
  for (let look = 0; look < looks; look++) script.call({ ...JOB, gapMs: 30_000 });
  const health = new Health();
  const assessment = script.steps.map((step) => health.observe(step)).at(-1);
  expect(assessment?.publicClass).toBe(expected);
  expect(assessment?.reasons.some((reason) => reason.startsWith("periodic"))).toBe(looks >= 14);
  // An honest poll lowers no score.
  expect(assessment?.tier === "T1" || assessment?.tier === "T2").toBe(true);
});

test("leaky: where a look among the 16 steps waits, the others are no loop", () => {
  const isLoopWith = (second: (script: Script) => void) => {
    const script = new Script(12).work(6);
    readAll(script, 2);
    for (let time = 1; time <= 13; time++) {
      if (time === 5) {
        script.call({ ...JOB, gapMs: 30_000 });
        second(script);
      }
      if (time === 10) script.work(1);
      script.call(file((time * time) % 2));
    }
    const health = new Health();
    return script.steps.map((step) => health.observe(step)).at(-1)?.publicClass === "hard_alert";
  };
  expect(isLoopWith((script) => script.work(1))).toBe(true);
  expect(isLoopWith((script) => script.call({ ...JOB, gapMs: 30_000 }))).toBe(false);
});

/** The regime after work, and calls of which `facts` says what each is. */
function regimeAfter(calls: number, facts: (at: number, script: Script) => Partial<CallFacts>) {
  const script = new Script(7).work(4);
  for (let at = 0; at < calls; at++) {
    script.call({ tool: "find", op: "search", asks: script.fresh(), ...facts(at, script) });
  }
  const health = new Health();
  return script.steps.map((step) => health.observe(step)).at(-1)?.regime;
}

test.each([
  [4, false],
  [5, true],
])("after %i equal answers in a row of one tool a session stagnates: %s", (calls, stagnates) => {
  expect(regimeAfter(calls, () => ({ answers: "none" })) === "STAGNATION").toBe(stagnates);
});

/** In no order that repeats. */
const KNOWN_ANSWERS = [..."abcabacbcaba"].map((letter) => `nothing ${letter}`);

test.each([
  [1, true],
  [2, false],
])(
  "of ten calls that hear what is known, %i of another kind are a funnel: %s",
  (others, isFunnel) => {
    const regime = regimeAfter(12, (at, script) =>
      at >= 12 - 4 * others && at % 4 === 0
        ? { tool: "look", op: "read", answers: script.fresh() }
        : { answers: KNOWN_ANSWERS[at] ?? "" },
    );
    expect(regime === "FUNNEL_TRAP").toBe(isFunnel);
  },
);
