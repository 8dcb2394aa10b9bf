/** Which steps equal each other, in which sense, and what a step is. */
import { describe, expect, test } from "vitest";
import { UNKNOWN } from "../../../src/health/memory/key.ts";
import { identify, type StepIdentity } from "../../../src/health/step/identity.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { TRAIT } from "../../../src/health/step/trait.ts";

const CALL: Step = {
  kind: "call",
  tool: "read",
  op: "read",
  status: "ok",
  argumentsNorm: "asked, the norm",
  argumentsShape: "asked, the shape",
  argumentsBytes: 40,
  resultNorm: "answered, the norm",
  resultShape: "answered, the shape",
  resultBytes: 400,
};
const of = (facts: Partial<Step>): StepIdentity => identify({ ...CALL, ...facts });
const without = (...names: readonly (keyof Step)[]): Step => {
  const step = { ...CALL };
  for (const name of names) Reflect.deleteProperty(step, name);
  return step;
};

const KEYS = ["tool", "call", "full", "numeric", "template", "answer", "answerShape"] as const;

/** In which senses two steps are equal. */
function equalIn(one: StepIdentity, other: StepIdentity): string {
  return KEYS.filter((key) => one[key] === other[key] && one[key] !== UNKNOWN).join(" ");
}

describe("two calls that differ in", () => {
  test.each<[string, Partial<Step>, string]>([
    ["nothing", {}, "tool call full numeric template answer answerShape"],
    ["the tool", { tool: "look" }, ""],
    ["the agent", { agentTag: "x-a" }, ""],
    ["the server", { serverTag: "x-s" }, ""],
    [
      "when they were",
      { atMs: 5, durationMs: 2 },
      "tool call full numeric template answer answerShape",
    ],
    [
      "what was asked, up to numbers",
      { argumentsNorm: "another" },
      "tool template answer answerShape",
    ],
    [
      "all that was asked",
      { argumentsNorm: "another", argumentsShape: "another" },
      "tool answer answerShape",
    ],
    [
      "what masks hid of what was asked",
      { argumentsHash: "word for word" },
      "tool template answer answerShape",
    ],
    ["numbers of the answer", { resultNorm: "another" }, "tool call numeric answerShape"],
    ["all of the answer", { resultNorm: "another", resultShape: "another" }, "tool call"],
    ["the status", { status: "answered" }, "tool call answer answerShape"],
    ["a state that is named", { stateId: "s" }, "tool call"],
  ])("%s are equal in: %s %s", (_what, facts, senses) => {
    expect(equalIn(of({}), of(facts))).toBe(senses);
  });

  test("what masks hid are equal where both failed", () => {
    const [one, other] = ["a", "b"].map((text) =>
      of({ status: "error", argumentsHash: `word for word ${text}` }),
    );
    expect(one?.full).toBe(other?.full);
  });

  test("a part that is another one at each try are equal", () => {
    const renewed = { argumentsRenewed: true };
    expect(of({ ...renewed, argumentsNorm: "another" }).call).toBe(of(renewed).call);
    expect(of({ ...renewed, argumentsShape: "another" }).call).not.toBe(of(renewed).call);
  });

  test("their answer are equal in what they are, where both name one state", () => {
    const [one, other] = ["a", "b"].map((resultNorm) => of({ stateId: "s", resultNorm }));
    expect(equalIn(one as StepIdentity, other as StepIdentity)).toBe(
      "tool call full template answer",
    );
  });
});

describe("of a call of which is not known", () => {
  test.each<[string, Step, StepIdentity["knowledge"], string]>([
    [
      "anything but its name",
      without("argumentsNorm", "argumentsShape", "resultNorm", "resultShape"),
      "labels",
      "tool",
    ],
    ["what it answered", without("resultNorm", "resultShape"), "no_results", "tool call full"],
    [
      "what was asked",
      without("argumentsNorm", "argumentsShape"),
      "no_arguments",
      "tool full answer answerShape",
    ],
    [
      "what was asked, and whose answer is 31 bytes",
      { ...without("argumentsNorm", "argumentsShape"), resultBytes: 31 },
      "labels",
      "tool",
    ],
    [
      "what was asked, and whose answer is 32 bytes",
      { ...without("argumentsNorm", "argumentsShape"), resultBytes: 32 },
      "no_arguments",
      "tool full answer answerShape",
    ],
    [
      "anything but its state",
      { ...without("argumentsNorm", "argumentsShape", "resultNorm", "resultShape"), stateId: "s" },
      "no_arguments",
      "tool full answer",
    ],
    [
      "which shape its answer has",
      without("resultShape"),
      "full",
      "tool call full template answer",
    ],
    ["nothing, though it is short", { ...CALL, resultBytes: 1 }, "full", KEYS.join(" ")],
  ])("%s: %s", (_what, step, knowledge, senses) => {
    const identity = identify(step);
    expect([identity.knowledge, equalIn(identity, identify(step))]).toEqual([knowledge, senses]);
  });

  test("what it answered, the status tells it from another", () => {
    const step = without("resultNorm", "resultShape");
    expect(identify(step).full).not.toBe(identify({ ...step, status: "error" }).full);
  });
});

describe("what is said", () => {
  const said = (facts: Partial<Step> = {}) =>
    identify({ kind: "message", tool: "assistant", messageHash: "words", ...facts });

  test("equals the same words of the same speaker, and no call", () => {
    expect(said().full).toBe(said().full);
    const others = [
      { messageHash: "others" },
      { tool: "agent" },
      { kind: "turn" },
      { agentTag: "x" },
    ];
    for (const facts of others) expect(said(facts as Partial<Step>).full).not.toBe(said().full);
    expect(said()).toMatchObject({ call: said().full, work: said().tool, traits: TRAIT.talk });
    expect(said()).toMatchObject({ knowledge: "full", empty: false, realArguments: false });
  });

  test("equals nothing where nobody digested it, and has no answer", () => {
    const { messageHash: _, ...silent } = { kind: "message", tool: "a", messageHash: "w" } as const;
    expect(identify(silent).full).toBe(UNKNOWN);
    const { numeric, template, answer, answerShape } = said();
    expect([numeric, template, answer, answerShape]).toEqual(Array(4).fill(UNKNOWN));
  });
});

test.each<[string, Partial<Step>, boolean]>([
  ["an operation and another tool", { tool: "open" }, true],
  ["another operation", { op: "search" }, false],
  ["an operation that nobody names, and one tool", { op: "other" }, false],
])("two calls with %s are of one kind of work: %s", (_what, facts, isOne) => {
  expect(of(facts).work === of({}).work).toBe(isOne);
});

test("calls of no named operation are of one kind of work where their tool is one", () => {
  const [one, same, other] = ["a", "a", "b"].map((tool) => of({ op: "other", tool }).work);
  expect([one === same, one === other]).toEqual([true, false]);
});

test.each<[Partial<Step>, boolean, boolean]>([
  [{}, false, true],
  [{ resultBytes: 5 }, false, true],
  [{ resultBytes: 4 }, true, true],
  [{ resultBytes: 0 }, true, true],
  [{ resultBytes: 4, stateId: "s" }, false, true],
  [{ argumentsBytes: 16 }, false, true],
  [{ argumentsBytes: 15 }, false, false],
])("a call with %j has an empty answer: %s, and arguments that tell: %s", (facts, empty, real) => {
  expect(of(facts)).toMatchObject({ empty, realArguments: real });
});

test("how long answer and arguments are is not taken for granted where nobody says it", () => {
  expect(identify(without("resultBytes", "argumentsBytes"))).toMatchObject({
    empty: true,
    realArguments: false,
  });
});

/** The traits by name. */
function traitsOf(step: Step): readonly string[] {
  const { traits } = identify(step);
  return Object.entries(TRAIT).flatMap(([name, bit]) => ((traits & bit) === 0 ? [] : [name]));
}

test.each<[string, Partial<Step>, string]>([
  ["reads", {}, "bulky telling look"],
  ["searches", { op: "search" }, "bulky telling look"],
  ["plans", { op: "plan" }, "bulky telling look"],
  ["waits", { op: "wait" }, "wait bulky telling look remote"],
  [
    "waits until its time is up",
    { op: "wait", status: "timeout" },
    "wait bulky telling passing look remote",
  ],
  [
    "waits and fails",
    { op: "wait", status: "error" },
    "failing wait bulky telling passing look remote",
  ],
  ["fetches", { op: "net" }, "bulky telling remote"],
  ["changes", { op: "write" }, "write bulky telling"],
  ["moves", { op: "act" }, "bulky telling act"],
  ["runs", { op: "run" }, "bulky telling"],
  ["is of no named operation", { op: "other" }, "bulky unnamed telling"],
  ["is of none, and fails", { op: "other", status: "error" }, "failing bulky telling passing"],
  ["finds nothing", { status: "not_found" }, "failing bulky notFound telling look"],
  ["comes too often", { status: "rate_limited" }, "failing bulky telling passing look"],
  ["takes too long", { status: "timeout" }, "failing bulky telling passing look"],
  ["is denied", { status: "denied" }, "failing bulky telling look"],
  ["is rejected", { status: "rejected" }, "failing bulky telling look refused"],
  ["is cancelled", { status: "cancelled" }, "bulky telling look"],
  ["breaks off", { argumentsCut: true }, "failing bulky telling look refused"],
  ["answers 257 bytes", { resultBytes: 257 }, "bulky telling look"],
  ["answers 256 bytes", { resultBytes: 256 }, "telling look"],
  ["answers 32 bytes", { resultBytes: 32 }, "telling look"],
  ["answers 31 bytes", { resultBytes: 31 }, "look"],
  ["answers 31 bytes and names its state", { resultBytes: 31, stateId: "s" }, "telling look"],
  ["answers 31 bytes and fails", { resultBytes: 31, status: "denied" }, "failing telling look"],
  ["is seen by one server's proxy", { view: "one_server" }, "bulky narrow telling look"],
  [
    "changes, seen by one server's proxy",
    { op: "write", view: "one_server" },
    "write bulky telling",
  ],
  ["is seen by one client", { view: "one_client" }, "bulky telling look"],
  ["is told by posted text", { weakContent: true }, "bulky telling look"],
])("a call that %s is: %s %s", (_what, facts, traits) => {
  expect(traitsOf({ ...CALL, ...facts }).toSorted()).toEqual(traits.split(" ").toSorted());
});

const ASKED = ["argumentsNorm", "argumentsShape"] as const;
const ANSWERED = ["resultNorm", "resultShape"] as const;

test.each<[string, Step, string]>([
  ["its arguments", without(...ASKED), "doubt unasked"],
  ["its arguments, and that fails", { ...without(...ASKED), status: "error" }, "unasked"],
  [
    "its arguments, and that finds nothing",
    { ...without(...ASKED), status: "not_found" },
    "doubt unasked",
  ],
  ["its arguments, and that names its state", { ...without(...ASKED), stateId: "s" }, ""],
  ["its answer", without(...ANSWERED), "review"],
  ["its answer, and that fails", { ...without(...ANSWERED), status: "error" }, ""],
  ["anything", without(...ASKED, ...ANSWERED), "review"],
  ["anything, and that fails", { ...without(...ASKED, ...ANSWERED), status: "error" }, "review"],
  [
    "its arguments, told by posted text",
    { ...without(...ASKED), weakContent: true },
    "doubt review unasked",
  ],
  [
    "its arguments, told by posted text with a state",
    { ...without(...ASKED), weakContent: true, stateId: "s" },
    "",
  ],
])("of a call that is known without %s, rules take it as: %s", (_what, step, doubts) => {
  const all = ["doubt", "review", "unasked"];
  expect(
    traitsOf(step)
      .filter((trait) => all.includes(trait))
      .toSorted()
      .join(" "),
  ).toBe(doubts);
});
