import { UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import type { StepIdentity } from "../step/identity.ts";
import { has, TRAIT } from "../step/trait.ts";
import { Run, type StepPlace } from "./run.ts";

/** Attempts in a row that brought nothing but what was seen since the user's last word. */
export const repeats = new Run(SLOT.repeats);
/** Steps in a row that were seen at any time before, whatever a user says in between. */
export const returns = new Run(SLOT.returns);
/** One message or turn in a row, word for word. */
export const messages = new Run(SLOT.messages);
/** Messages or turns of one speaker in a row, whatever they say. */
export const speeches = new Run(SLOT.speeches);
/** One message of the user in a row, no call being made in between. */
export const nudges = new Run(SLOT.nudges);
/** Calls of one tool in a row with one answer, whatever the arguments. */
export const answers = new Run(SLOT.answers);
/** One call in a row, whatever it answers. */
export const calls = new Run(SLOT.calls);
/** Failing calls in a row, of any tool. */
export const failures = new Run(SLOT.failures);

const BROKEN_BY_USER = [repeats, speeches, answers, calls, failures];

export const RUNS: readonly Run[] = [...BROKEN_BY_USER, returns, messages];

/** A new word of the user begins a new attempt; the same message again stays the same. */
export function endRuns(memory: Float64Array): void {
  for (const run of BROKEN_BY_USER) run.end(memory);
}

/** A note between two calls does not end a run of calls, but calls end a run of notes. */
export function learnSpeechRuns(
  memory: Float64Array,
  identity: StepIdentity,
  place: StepPlace,
): void {
  messages.extend(memory, identity.full, identity.traits, place);
  speeches.extend(memory, identity.tool, identity.traits, place);
}

/** How many tools the failing calls in a row were of; a lower bound. */
export function failingTools(memory: Float64Array): number {
  let bits = memory[SLOT.failingTools] ?? 0;
  let tools = 0;
  for (; bits !== 0; bits &= bits - 1) tools += 1;
  return tools;
}

function toolBit({ tool }: StepIdentity): number {
  return 1 << (tool % 31);
}

/** Extends or ends every run by one call. */
export function learnCallRuns(
  memory: Float64Array,
  identity: StepIdentity,
  place: StepPlace,
): void {
  const { answer, call, traits } = identity;
  nudges.end(memory);
  messages.end(memory);
  speeches.end(memory);
  const grow = (run: Run, applies: boolean, key: number) => {
    if (applies && key !== UNKNOWN) run.extend(memory, key, traits, place);
    else run.end(memory);
  };
  const failing = has(traits, TRAIT.failing);
  grow(calls, true, call);
  grow(failures, failing, 1);
  memory[SLOT.failingTools] = failing ? (memory[SLOT.failingTools] ?? 0) | toolBit(identity) : 0;
  // That a change worked is no answer: it neither continues nor ends a run of them.
  if (failing || !has(traits, TRAIT.write | TRAIT.act)) grow(answers, true, answer);
}
