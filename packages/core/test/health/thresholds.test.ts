/** One row for each number of the rules in docs/signals.md: one less is no alert, this many is one. */
import { expect, test } from "vitest";
import { Health } from "../../src/health/health.ts";
import { file, READ, ROWS, type Row, readAll } from "./families/loop-rows.ts";
import { type CallFacts, Script } from "./families/script.ts";

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
