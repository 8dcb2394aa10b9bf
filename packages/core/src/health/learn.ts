import { learnRisk } from "./failure-risk.ts";
import { join, type Key, keyOf, UNKNOWN } from "./memory/key.ts";
import { SLOT } from "./memory/layout.ts";
import { type SeenKeys, seenAnswers, seenCalls, seenSteps } from "./memory/seen-keys.ts";
import { clearRings, turnRings, waitingCycles } from "./rules/rings.ts";
import { endAttempt, joinAttempt } from "./signals/attempt.ts";
import { learnNovelty, learnSubstance } from "./signals/averages.ts";
import { type Facts, remember } from "./signals/history.ts";
import { type Identity, identify } from "./signals/identity.ts";
import { learnProbe } from "./signals/probe.ts";
import type { Place } from "./signals/run.ts";
import {
  endRuns,
  learnCallRuns,
  learnSpeechRuns,
  nudges,
  repeats,
  returns,
} from "./signals/runs.ts";
import { type Recognition, sameness, substanceOf } from "./signals/substance.ts";
import { has, TRAIT } from "./signals/trait.ts";
import { forgetTries, learnTries } from "./signals/tries.ts";
import { learnVariety } from "./signals/variety.ts";
import type { Step } from "./step.ts";
import { learnQuality } from "./trace-quality.ts";
import { learnPace } from "./wait/pace.ts";

const USER_KEY = keyOf("user");

/** Takes one step into the memory of its session, which must have room for it. */
export function learn(slots: Float64Array, step: Step): void {
  if (step.kind === "user") {
    hearUser(slots, step);
    return;
  }
  if (step.kind === "call") {
    learnCall(slots, step, interrupted(slots, identify(step)));
    return;
  }
  if (step.kind === "turn") slots[SLOT.idleTurn] = 1;
  // Of a message that nobody digested, nothing is known that a rule could use.
  if (step.messageHash !== undefined) {
    learnSpeech(slots, step, identify(step));
  }
}

function interrupted(slots: Float64Array, identity: Identity): Identity {
  if (slots[SLOT.idleTurn] !== 1) return identity;
  slots[SLOT.idleTurn] = 0;
  return { ...identity, traits: identity.traits | TRAIT.interrupted };
}

function learnCall(slots: Float64Array, step: Step, identity: Identity): void {
  const attempt = joinAttempt(slots, step, identity.full);
  if (attempt === 0) return;
  const recognition = recognise(slots, identity);
  const place = { step: begin(slots), atMs: step.atMs ?? 0, attempt };
  turnRings(slots, step, identity, recognition.isRepeat);
  learnPace(slots, step.atMs, !recognition.isRepeat);
  const isWaiting = waitingCycles(slots) > 0;
  learnCallRuns(slots, identity, place);
  learnTries(slots, step, identity, recognition, place);
  learnRepeats(slots, identity, recognition.isRepeat && !isWaiting, place);
  if (!isWaiting) learnAverages(slots, identity, recognition, place);
  remember(slots, factsOf(identity, recognition, isWaiting));
  learnProbe(slots, identity.full);
  learnQuality(slots, identity, recognition);
  learnRisk(slots, identity, recognition);
}

/** What is said anew between two calls changes nothing of what they are. */
function learnSpeech(slots: Float64Array, step: Step, identity: Identity): void {
  endAttempt(slots);
  const isRepeat = meet(slots, seenCalls, identity.full);
  const recognition = { isRepeat, isNewCall: false, isNewAnswer: false };
  const number = begin(slots);
  const place = { step: number, atMs: step.atMs ?? 0, attempt: number };
  turnRings(slots, step, identity, isRepeat);
  learnPace(slots, step.atMs, !isRepeat);
  learnSpeechRuns(slots, identity, place);
  learnAverages(slots, identity, recognition, place);
  learnRisk(slots, identity, recognition);
  if (!isRepeat) return;
  seenSteps.add(slots, identity.full);
  learnRepeats(slots, identity, true, place);
  remember(slots, factsOf(identity, recognition, waitingCycles(slots) > 0));
}

/** Returns the number of the step that begins. */
function begin(slots: Float64Array): number {
  const number = (slots[SLOT.steps] ?? 0) + 1;
  slots[SLOT.steps] = number;
  slots[SLOT.sinceReset] = (slots[SLOT.sinceReset] ?? 0) + 1;
  return number;
}

function learnRepeats(slots: Float64Array, identity: Identity, again: boolean, place: Place): void {
  if (again) {
    const each = { ...place, attempt: place.step };
    repeats.extend(slots, 1, identity.traits, each);
    returns.extend(slots, 1, identity.traits, each);
  } else {
    repeats.end(slots);
    returns.end(slots);
    slots[SLOT.words] = 0;
  }
}

function learnAverages(
  slots: Float64Array,
  identity: Identity,
  recognition: Recognition,
  place: Place,
): void {
  const before = place.step - 1;
  const substance = substanceOf(identity, recognition);
  learnVariety(slots, identity.work);
  learnSubstance(slots, substance, before);
  slots[SLOT.work] = (slots[SLOT.work] ?? 0) + substance;
  if (identity.full !== UNKNOWN) {
    learnNovelty(slots, recognition.isRepeat ? 1 - sameness(identity) : 1, before);
  }
}

/** Something new from the user begins a new attempt; a nudge that was heard before does not. */
function hearUser(slots: Float64Array, step: Step): void {
  learnPace(slots, step.atMs, false);
  endAttempt(slots);
  if (step.messageHash !== undefined) {
    const key = join(USER_KEY, keyOf(step.messageHash));
    nudges.extend(slots, key, 0, { step: 0, atMs: 0, attempt: nudges.length(slots) + 1 });
    if (meet(slots, seenCalls, key)) return;
  }
  if (returns.length(slots) > 0) slots[SLOT.words] = (slots[SLOT.words] ?? 0) + 1;
  endRuns(slots);
  forgetTries(slots);
  clearRings(slots);
  slots[SLOT.sinceReset] = 0;
}

function recognise(slots: Float64Array, identity: Identity): Recognition {
  const { full, call, answer } = identity;
  return {
    isRepeat: meet(slots, seenSteps, full),
    isNewCall: call !== UNKNOWN && !meet(slots, seenCalls, call),
    isNewAnswer: answer !== UNKNOWN && !meet(slots, seenAnswers, answer),
  };
}

/** Whether the key was met before; from now on it was. What is not known is never met again. */
function meet(slots: Float64Array, seen: SeenKeys, key: Key): boolean {
  const isKnown = key !== UNKNOWN && seen.has(slots, key);
  seen.add(slots, key);
  return isKnown;
}

function factsOf(identity: Identity, recognition: Recognition, held: boolean): Facts {
  const { traits, answer } = identity;
  return {
    repeat: recognition.isRepeat && !held,
    held,
    doubt: has(traits, TRAIT.doubt),
    review: has(traits, TRAIT.review),
    newAnswer: recognition.isNewAnswer,
    oldAnswer: answer !== UNKNOWN && !recognition.isNewAnswer,
    newCall: recognition.isNewCall && !has(traits, TRAIT.talk),
    write: has(traits, TRAIT.write),
  };
}
