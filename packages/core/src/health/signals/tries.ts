import { UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import type { StepIdentity } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import type { Recognition } from "../step/substance.ts";
import { has, TRAIT } from "../step/trait.ts";
import { learnRhythm, saysAsMuch } from "./rhythm.ts";
import { Run, type StepPlace } from "./run.ts";

/** Tries at one thing that does not work; what only looks, and finds nothing new, ends none. */

/** Tries of one tool that fail alike. */
export const errors = new Run(SLOT.errors);
/** Tries of one call, word for word, that fail, whatever the text says. */
export const failingCalls = new Run(SLOT.failingCalls);
/**
 * Failing tries of one tool to change something, whatever it says; one that says it worked is among
 * them when what was read before it reads the same behind it.
 */
export const failingWrites = new Run(SLOT.failingWrites);
/** Tries that were turned away before they ran, of any tool. */
export const refusals = new Run(SLOT.refusals);
/** One change, word for word, whatever it answers. */
export const blindWrites = new Run(SLOT.blindWrites);

export const TRIES: readonly Run[] = [errors, failingCalls, failingWrites, refusals, blindWrites];

/** The tool whose change worked, as it says, a moment ago; and what the latest look found. */
const CHANGING = SLOT.vain;
const LATEST_LOOK = SLOT.vain + 1;

/** A new word of the user begins anew. */
export function forgetTries(memory: Float64Array): void {
  memory.fill(UNKNOWN, CHANGING, LATEST_LOOK + 1);
  for (const run of TRIES) run.end(memory);
}

/** Extends or ends every run of tries by one call. */
export function learnTries(
  memory: Float64Array,
  step: Step,
  identity: StepIdentity,
  recognition: Recognition,
  place: StepPlace,
): void {
  learnVainWrite(memory, step, identity, place);
  if (has(identity.traits, TRAIT.failing)) learnFailure(memory, step, identity, place);
  else endTries(memory, identity, recognition);
  if (isBlind(step, identity, recognition)) {
    blindWrites.extend(memory, identity.call, blindTraits(step, identity.traits), place);
  }
}

/** A change is in vain, and no more than a try, if the very next look finds all as it was. */
function learnVainWrite(
  memory: Float64Array,
  step: Step,
  { full, tool, traits }: StepIdentity,
  place: StepPlace,
): void {
  const changing = memory[CHANGING] ?? UNKNOWN;
  const reads = step.op === "read" && has(traits, TRAIT.telling) && !has(traits, TRAIT.failing);
  if (changing !== UNKNOWN) {
    if (reads && full === memory[LATEST_LOOK]) {
      failingWrites.extend(memory, changing, traits | TRAIT.relooked, place);
    } else {
      failingWrites.end(memory);
    }
  }
  memory[CHANGING] = UNKNOWN;
  if (reads) memory[LATEST_LOOK] = full;
  if (!has(traits, TRAIT.write) || has(traits, TRAIT.failing)) return;
  if ((memory[LATEST_LOOK] ?? UNKNOWN) !== UNKNOWN) memory[CHANGING] = tool;
}

function learnFailure(
  memory: Float64Array,
  step: Step,
  identity: StepIdentity,
  place: StepPlace,
): void {
  const { answerShape, call, empty, tool, traits } = identity;
  // Whether two failures are alike is not known when their answers are not, or say nothing.
  const isTelling = answerShape !== UNKNOWN && !empty;
  const alike = answerShape === UNKNOWN ? tool : answerShape;
  errors.extend(memory, alike, isTelling ? traits : traits | TRAIT.review, place);
  if (has(traits, TRAIT.write | TRAIT.act)) failingWrites.extend(memory, tool, traits, place);
  if (has(traits, TRAIT.refused)) refusals.extend(memory, 1, traits, place);
  if (call !== UNKNOWN) learnFailingCall(memory, step, identity, place);
}

/** Whose answers differ much in length fails in another way, which is news. */
function learnFailingCall(
  memory: Float64Array,
  step: Step,
  { call, traits }: StepIdentity,
  place: StepPlace,
): void {
  const again = failingCalls.key(memory) === call && saysAsMuch(memory, step.resultBytes ?? 0);
  if (!again) failingCalls.end(memory);
  learnRhythm(memory, again, step);
  failingCalls.extend(memory, call, traits, place);
}

/** What was done or learned ends the tries that did not work; a look that is no news ends none. */
function endTries(memory: Float64Array, identity: StepIdentity, recognition: Recognition): void {
  const looks = has(identity.traits, TRAIT.look);
  if (looks && recognition.isRepeat) {
    failingWrites.mark(memory, TRAIT.relooked);
    return;
  }
  errors.end(memory);
  if (blindWrites.key(memory) !== identity.call) blindWrites.end(memory);
  // A look with news changes nothing of what the same call, or the same change, meets again.
  if (looks && failingCalls.key(memory) !== identity.call) return;
  failingCalls.end(memory);
  refusals.end(memory);
  // Whether a change worked is known after the next look.
  if ((memory[CHANGING] ?? UNKNOWN) === UNKNOWN) {
    failingWrites.end(memory);
  }
}

/** An operation that nobody could name may be a change, unless it has news. */
function isBlind(step: Step, identity: StepIdentity, recognition: Recognition): boolean {
  if (!identity.realArguments || identity.call === UNKNOWN) return false;
  const op = step.op ?? "other";
  return op === "write" || (op === "other" && !recognition.isNewAnswer);
}

/** Whatever it answers: what is not known of the answers does not matter here. */
function blindTraits(step: Step, traits: number): number {
  const isNamed = step.op === "write" || has(traits, TRAIT.failing);
  const weak = step.weakContent === true && step.stateId === undefined;
  const graded = isNamed && !weak ? traits & ~TRAIT.review : traits | TRAIT.review;
  return weak ? graded : graded & ~TRAIT.doubt;
}
