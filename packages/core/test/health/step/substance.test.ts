import { expect, test } from "vitest";
import { identify } from "../../../src/health/step/identity.ts";
import type { Step } from "../../../src/health/step/step.ts";
import { type Recognition, substanceOf } from "../../../src/health/step/substance.ts";
import { Script } from "../families/script.ts";

const NEW: Recognition = { isRepeat: false, isNewCall: true, isNewAnswer: true, isStale: false };
const OLD: Recognition = { isRepeat: true, isNewCall: false, isNewAnswer: false, isStale: false };
const STALE: Recognition = { ...OLD, isStale: true };

function step(facts: Partial<Parameters<Script["call"]>[0]>): Step {
  const [made] = new Script(1).call({
    tool: "t",
    op: "read",
    asks: "a question of some length",
    answers: "an answer of some length",
    ...facts,
  }).steps;
  if (made === undefined) throw new Error("no step was made");
  return made;
}

test.each([
  ["something new", {}, NEW, 1],
  ["a change that says nothing", { op: "write", answers: "" }, NEW, 1],
  ["nothing new", {}, OLD, 0.5],
  ["a repeat since the user's last word", {}, STALE, 0.05],
  ["a failure that is new", { status: "error" }, NEW, 0.6],
  ["a failure that was there before", { status: "error" }, OLD, 0.15],
] as const)("%s is worth what docs/signals.md says", (_what, facts, recognition, worth) => {
  expect(substanceOf(identify(step(facts)), recognition)).toBe(worth);
});
