/** One row for each number of the rules in docs/signals.md. */
import type { CallFacts, Script } from "./script.ts";

export interface Row {
  /** Repetitions at which the alert must stand. */
  readonly at: number;
  /** Writes down what is repeated, the first time with 1. */
  readonly once: (script: Script, time: number) => void;
  /** What comes before. */
  readonly before?: (script: Script) => void;
}

export const READ: CallFacts = {
  tool: "read",
  op: "read",
  asks: "the one file",
  answers: "what it says",
};
const LONG = "the same page, word for word, as at the last try";
export const file = (index: number): CallFacts => {
  return {
    tool: "read",
    op: "read",
    asks: `file ${"abcdefghijkl"[index]}`,
    answers: `text ${"abcdefghijkl"[index]}`,
  };
};
export const readAll = (script: Script, count: number) => {
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

export const ROWS: Readonly<Record<string, Row>> = {
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
