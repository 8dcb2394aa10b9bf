import { UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import type { Step } from "../step.ts";
import type { Identity } from "./identity.ts";
import { Run } from "./run.ts";
import { has, TRAIT } from "./trait.ts";

/** Steps in a row that were all seen before. */
export const repeats = new Run(SLOT.repeats);
/** Calls of one tool in a row that fail alike. */
export const errors = new Run(SLOT.errors);
/** Failing attempts of one tool in a row to change something. */
export const failingWrites = new Run(SLOT.failingWrites);
/** One change in a row, word for word, whatever it answers. */
export const blindWrites = new Run(SLOT.blindWrites);
/** One message or turn in a row, word for word. */
export const messages = new Run(SLOT.messages);
/** Messages or turns of one speaker in a row, whatever they say. */
export const speeches = new Run(SLOT.speeches);
/** Calls of one tool in a row with one answer, whatever the arguments. */
export const answers = new Run(SLOT.answers);
/** One call in a row, whatever it answers. */
export const calls = new Run(SLOT.calls);
/** Failing calls in a row, of any tool. */
export const failures = new Run(SLOT.failures);

const BROKEN_BY_USER = [
  repeats,
  errors,
  failingWrites,
  blindWrites,
  speeches,
  answers,
  calls,
  failures,
];

/** A new word of the user begins a new attempt; the same message again stays the same. */
export function endRuns(memory: Float64Array): void {
  for (const run of BROKEN_BY_USER) run.end(memory);
}

/** Extends or ends every run by one step. */
export function learnRuns(
  memory: Float64Array,
  step: Step,
  identity: Identity,
  isRepeat: boolean,
): void {
  const number = memory[SLOT.steps] ?? 0;
  if (isRepeat) repeats.extend(memory, 1, identity.traits, number);
  else repeats.end(memory);
  if (step.kind === "call") learnCallRuns(memory, step, identity, number);
  else learnSpeechRuns(memory, identity, number);
}

/** A note between two calls does not end a run of calls, but calls end a run of notes. */
function learnSpeechRuns(memory: Float64Array, identity: Identity, number: number): void {
  messages.extend(memory, identity.full, identity.traits, number);
  speeches.extend(memory, identity.tool, identity.traits, number);
}

function learnCallRuns(memory: Float64Array, step: Step, identity: Identity, number: number): void {
  const { traits } = identity;
  messages.end(memory);
  speeches.end(memory);
  const grow = (run: Run, applies: boolean, key: number, marks = traits) => {
    if (applies && key !== UNKNOWN) run.extend(memory, key, marks, number);
    else run.end(memory);
  };
  const failing = has(traits, TRAIT.failing);
  grow(calls, true, identity.call);
  grow(failures, failing, 1);
  // That a change worked is no answer: it neither continues nor ends a run of them.
  if (failing || !has(traits, TRAIT.write)) grow(answers, true, identity.answer);
  grow(failingWrites, failing && has(traits, TRAIT.write), identity.tool);
  // Whether two failures are alike is not known when their answers are not, or say nothing.
  const isTelling = identity.answerShape !== UNKNOWN && !identity.empty;
  const alike = identity.answerShape === UNKNOWN ? identity.tool : identity.answerShape;
  const unlike = isTelling ? traits : traits | TRAIT.review;
  grow(errors, failing, alike, unlike);
  grow(
    blindWrites,
    mayChange(step) && identity.realArguments,
    identity.call,
    blindTraits(step, traits),
  );
}

/** An operation that nobody could name may be a change. */
function mayChange(step: Step): boolean {
  const op = step.op ?? "other";
  return op === "write" || op === "other";
}

/** Whatever it answers: what is not known of the answers does not matter here. */
function blindTraits(step: Step, traits: number): number {
  const isNamed = step.op === "write" || has(traits, TRAIT.failing);
  const weak = step.weakContent === true && step.stateId === undefined;
  const graded = isNamed && !weak ? traits & ~TRAIT.review : traits | TRAIT.review;
  return weak ? graded : graded & ~TRAIT.doubt;
}
