/** Tries at one thing that does not work: what counts as one, and what ends them. */
import { beforeEach, describe, expect, test } from "vitest";
import { newMemory } from "../../../src/health/memory/saved-memory.ts";
import {
  blindWrites,
  errors,
  failingCalls,
  failingWrites,
  forgetTries,
  learnTries,
  refusals,
  TRIES,
} from "../../../src/health/signals/tries.ts";
import { identify } from "../../../src/health/step/identity.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { has, TRAIT } from "../../../src/health/step/trait.ts";

const CALL: Step = {
  kind: "call",
  tool: "t",
  op: "run",
  argumentsNorm: "a",
  argumentsBytes: 40,
  resultNorm: "r",
  resultShape: "shape",
  resultBytes: 100,
};
const FAILS = { status: "error" } as const;
const EDIT = { tool: "edit", op: "write" } as const;
const READ = {
  tool: "read",
  op: "read",
  argumentsNorm: "the file",
  resultNorm: "its text",
  resultShape: "its text",
} as const;

let memory = newMemory();
let number = 0;
let seen = new Set<number>();
let heard = new Set<number>();
beforeEach(() => {
  memory = newMemory();
  number = 0;
  seen = new Set();
  heard = new Set();
});

function call(facts: Partial<Step>): void {
  number += 1;
  const step = { ...CALL, atMs: number * 1_000, ...facts };
  const identity = identify(step);
  const isRepeat = seen.has(identity.full);
  const isNewAnswer = !heard.has(identity.answer);
  seen.add(identity.full);
  heard.add(identity.answer);
  const recognition = { isRepeat, isNewCall: false, isNewAnswer, isStale: isRepeat };
  learnTries(memory, step, identity, recognition, { step: number, atMs: 0, attempt: number });
}
/** Arguments that no call had before. */
const other = () => ({ argumentsNorm: `other ${number}`, resultNorm: `other ${number}` });

describe("calls that fail alike", () => {
  test("are those of one tool whose texts differ in numbers alone", () => {
    for (let time = 0; time < 3; time++) call({ ...FAILS, ...other() });
    expect(errors.length(memory)).toBe(3);
    call({ ...FAILS, ...other(), resultShape: "another shape" });
    expect(errors.length(memory)).toBe(1);
    call({ ...FAILS, ...other(), resultShape: "another shape", tool: "u" });
    expect(errors.length(memory)).toBe(1);
  });

  test.each<[string, Partial<Step>, boolean]>([
    ["say something", {}, false],
    ["say nothing", { resultBytes: 4 }, true],
    ["name a state in place of a text", { stateId: "s" }, true],
  ])("and that %s are for review: %s", (_what, facts, isReview) => {
    call({ ...FAILS, ...facts });
    expect(has(errors.traits(memory), TRAIT.review)).toBe(isReview);
  });
});

describe("one call that fails", () => {
  test("is tried again while its text is about as long", () => {
    for (const resultBytes of [100, 160, 110]) call({ ...FAILS, resultBytes });
    expect(failingCalls.length(memory)).toBe(3);
    call({ ...FAILS, resultBytes: 300 });
    expect(failingCalls.length(memory)).toBe(1);
  });

  test("is another one with other arguments, and none where nobody knows them", () => {
    call(FAILS);
    call({ ...FAILS, argumentsNorm: "b" });
    expect(failingCalls.length(memory)).toBe(1);
    const { argumentsNorm: _, ...unknown } = CALL;
    const step: Step = { ...unknown, ...FAILS };
    const recognition = { isRepeat: false, isNewCall: false, isNewAnswer: false, isStale: false };
    learnTries(memory, step, identify(step), recognition, { step: 3, atMs: 0, attempt: 3 });
    expect(failingCalls.length(memory)).toBe(1);
  });
});

describe("tries end, or go on, with", () => {
  const lengths = () =>
    [errors, failingCalls, failingWrites, refusals].map((run) => run.length(memory)).join(" ");
  const refused = { ...EDIT, status: "rejected" } as const;

  test.each<[string, readonly Partial<Step>[], string]>([
    ["nothing else", [], "2 2 2 2"],
    ["a new look: what was learned ends only what fails alike", [READ], "0 2 2 2"],
    ["a look that is no news", [READ, refused, READ], "1 3 3 3"],
    ["other work that works", [{ argumentsNorm: "work" }], "0 0 0 0"],
    [
      "another change that works, before the next look",
      [{ ...EDIT, argumentsNorm: "b" }],
      "0 0 0 0",
    ],
  ])("%s", (_what, then, expected) => {
    for (let time = 0; time < 2; time++) call(refused);
    for (const facts of then) call(facts);
    expect(lengths()).toBe(expected);
  });

  test("a look between, which is noted", () => {
    call(READ);
    call({ ...EDIT, ...FAILS });
    expect(has(failingWrites.traits(memory), TRAIT.relooked)).toBe(false);
    call(READ);
    expect(has(failingWrites.traits(memory), TRAIT.relooked)).toBe(true);
  });

  test("a new word of the user", () => {
    call(READ);
    call({ ...EDIT, status: "rejected" });
    call({ ...EDIT, argumentsNorm: "b" });
    forgetTries(memory);
    expect(TRIES.map((run) => run.length(memory))).toEqual(TRIES.map(() => 0));
    // The change before it is on trial no more.
    call(READ);
    expect(failingWrites.length(memory)).toBe(0);
  });
});

describe("a change that says it worked", () => {
  const edit = () => call({ ...EDIT, argumentsNorm: `edit ${number}` });

  test("is a try where the very next look finds all as it was, time after time", () => {
    call(READ);
    for (let time = 1; time <= 3; time++) {
      edit();
      call(READ);
      expect(failingWrites.length(memory)).toBe(time);
    }
    expect(has(failingWrites.traits(memory), TRAIT.relooked)).toBe(true);
  });

  test.each<[string, Partial<Step>]>([
    ["another text", { resultNorm: "another text" }],
    ["another file", { argumentsNorm: "another file" }],
    ["nothing that tells", { resultBytes: 3 }],
    ["a failure", FAILS],
    ["a search", { op: "search" }],
  ])("is none where the next look finds %s", (_what, facts) => {
    call(READ);
    edit();
    call(READ);
    edit();
    call({ ...READ, ...facts });
    expect(failingWrites.length(memory)).toBe(0);
  });

  test("is none where nothing was read before it", () => {
    edit();
    call(READ);
    expect(failingWrites.length(memory)).toBe(0);
  });
});

describe("one change, word for word", () => {
  test.each<[string, Partial<Step>, Partial<Step>, number]>([
    ["whatever it answers", EDIT, { resultNorm: "other", resultShape: "other" }, 2],
    ["of other words", EDIT, { argumentsNorm: "b" }, 1],
    ["of words that tell no call from another", { ...EDIT, argumentsBytes: 15 }, {}, 0],
    ["by an operation that nobody names, without news", { op: "other" }, {}, 1],
    ["by a read", { op: "read" }, {}, 0],
  ])("%s", (_what, first, second, length) => {
    call(first);
    call({ ...first, ...second });
    expect(blindWrites.length(memory)).toBe(length);
  });

  test.each<[string, Partial<Step>, string]>([
    ["with a name", EDIT, ""],
    [
      "with a name, told by posted text",
      { ...EDIT, weakContent: true, argumentsNorm: "a" },
      "review",
    ],
    [
      "with a name, told by posted text with a state",
      { ...EDIT, weakContent: true, stateId: "s" },
      "",
    ],
    ["without a name, that fails", { op: "other", ...FAILS }, ""],
    ["without a name, that works", { op: "other" }, "review"],
  ])("%s, is taken as: %s", (_what, facts, expected) => {
    call(facts);
    call(facts);
    expect(blindWrites.length(memory)).toBeGreaterThan(0);
    const traits = blindWrites.traits(memory);
    const doubts = (["review", "doubt"] as const).filter((name) => has(traits, TRAIT[name]));
    expect(doubts.join(" ")).toBe(expected);
  });

  test("ends with another change, not with a look that is no news", () => {
    call(READ);
    call(EDIT);
    call(READ);
    call(EDIT);
    expect(blindWrites.length(memory)).toBe(2);
    call({ ...READ, resultNorm: "news", resultShape: "news" });
    expect(blindWrites.length(memory)).toBe(0);
  });
});
