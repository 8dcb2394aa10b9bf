import { learnRisk, noteDialogue, noteKind } from "./failure-risk.ts";
import { join, type Key, keyOf, keyOfDigest, tagged, UNKNOWN } from "./memory/key.ts";
import { SLOT } from "./memory/layout.ts";
import { type SeenKeys, seenAnswers, seenCalls, seenSteps } from "./memory/seen-keys.ts";
import { clearRings, turnRings, waitingCycles } from "./rules/rings.ts";
import { endAttempt, joinAttempt } from "./signals/attempt.ts";
import { learnNovelty, learnSubstance } from "./signals/averages.ts";
import { FACT, type Facts, factIf, remember } from "./signals/history.ts";
import { learnProbe } from "./signals/probe.ts";
import type { StepPlace } from "./signals/run.ts";
import {
  calls,
  endRuns,
  failures,
  learnCallRuns,
  learnSpeechRuns,
  nudges,
  repeats,
  returns,
} from "./signals/runs.ts";
import { forgetScant, isScantRepeat, learnScant } from "./signals/scant.ts";
import { forgetTries, learnTries } from "./signals/tries.ts";
import { learnVariety } from "./signals/variety.ts";
import { identify, type StepIdentity } from "./step/identity.ts";
import type { Step } from "./step/step.ts";
import { type Recognition, sameness, substanceOf } from "./step/substance.ts";
import { has, isMereAct, TRAIT } from "./step/trait.ts";
import { learnQuality } from "./trace-quality.ts";
import { learnPace } from "./wait/pace.ts";

const USER_KEY = keyOf("user");
/** Steps after which nobody knows any more what the user's last word was about. */
const FRESH_STEPS = 32;

/** Equal keys or moves in a row that are ordinary. */
const FEW_ACTS = 5;

/** Takes one step into the memory of its session, which must have room for it. */
export function learn(slots: Float64Array, step: Step): void {
  if (step.kind === "user") {
    hearUser(slots, step);
    return;
  }
  if (step.kind === "call") {
    learnCall(slots, step, interrupted(slots, carriedOn(slots, identify(step))));
    return;
  }
  if (step.kind === "turn") slots[SLOT.idleTurn] = 1;
  // Of a message that nobody digested, nothing is known that a rule could use.
  if (step.messageHash !== undefined) {
    learnSpeech(slots, step, identify(step));
  }
}

/** A handoff after new work of anybody is another one, though it says the same. */
function carriedOn(slots: Float64Array, identity: StepIdentity): StepIdentity {
  const work = slots[SLOT.carried] ?? 0;
  if (work === 0) return identity;
  const on = (key: Key) => (key === UNKNOWN ? UNKNOWN : tagged(key, work));
  const { full, template, numeric, answer } = identity;
  return {
    ...identity,
    full: on(full),
    template: on(template),
    numeric: on(numeric),
    answer: on(answer),
  };
}

function interrupted(slots: Float64Array, identity: StepIdentity): StepIdentity {
  if (slots[SLOT.idleTurn] !== 1) return identity;
  slots[SLOT.idleTurn] = 0;
  return { ...identity, traits: identity.traits | TRAIT.interrupted };
}

function learnCall(slots: Float64Array, step: Step, identity: StepIdentity): void {
  const attempt = joinAttempt(slots, step, identity.full);
  if (attempt === 0) return;
  const seen = recognise(slots, identity);
  const isFresh = seen.isRepeat && isFirstSinceReset(slots, identity.full);
  const place = { step: begin(slots), atMs: step.atMs ?? 0, attempt };
  turnRings(slots, step, identity, seen.isRepeat);
  learnScant(slots, step, identity, place);
  learnPace(slots, step.atMs, !seen.isRepeat && !isScantRepeat(slots));
  const isWaiting = waitingCycles(slots) > 0;
  const isUnseen = isMereAct(identity.traits) && !isInsisting(slots, identity);
  const recognition = { ...seen, isStale: seen.isRepeat && !isFresh && !isWaiting && !isUnseen };
  const isCounted = wasCounted(slots, identity, recognition, attempt);
  learnCallRuns(slots, identity, place);
  learnTries(slots, step, identity, recognition, place);
  if (!isUnseen) learnRepeats(slots, identity, recognition, place, isWaiting);
  if (!isWaiting && !isCounted) learnAverages(slots, identity, recognition);
  remember(
    slots,
    factsOf(
      identity,
      {
        ...recognition,
        isRepeat: seen.isRepeat && !isUnseen,
        isStale: recognition.isStale && !isCounted,
      },
      isWaiting,
    ),
  );
  if (seen.isRepeat) learnProbe(slots, identity.full);
  learnQuality(slots, identity, recognition);
  if (!seen.isRepeat && step.op !== "end") slots[SLOT.newSteps] = (slots[SLOT.newSteps] ?? 0) + 1;
  noteKind(slots, step);
  learnRisk(slots, identity, recognition);
}

/** What came of a key or a move is seen in the look behind it; nobody needs six before. */
function isInsisting(slots: Float64Array, { call }: StepIdentity): boolean {
  return calls.key(slots) === call && calls.length(slots) >= FEW_ACTS;
}

/** What a sibling failed at, or did again, counts once for all of them. */
function wasCounted(
  slots: Float64Array,
  { traits }: StepIdentity,
  { isStale }: Recognition,
  attempt: number,
): boolean {
  if (isStale) return repeats.isLatest(slots, attempt);
  return has(traits, TRAIT.failing) && failures.isLatest(slots, attempt);
}

/** What is said anew between two calls changes nothing of what they are. */
function learnSpeech(slots: Float64Array, step: Step, identity: StepIdentity): void {
  endAttempt(slots);
  const isRepeat = meet(slots, seenCalls, identity.full);
  const recognition = { isRepeat, isNewCall: false, isNewAnswer: false, isStale: isRepeat };
  const number = begin(slots);
  const place = { step: number, atMs: step.atMs ?? 0, attempt: number };
  turnRings(slots, step, identity, isRepeat);
  learnPace(slots, step.atMs, !isRepeat);
  learnSpeechRuns(slots, identity, place);
  // What is said at each look of a wait is a part of it.
  if (!isRepeat || waitingCycles(slots) === 0) learnAverages(slots, identity, recognition);
  learnRisk(slots, identity, recognition);
  if (!isRepeat) return;
  seenSteps.add(slots, identity.full);
  learnRepeats(slots, identity, recognition, place, false);
  remember(slots, factsOf(identity, recognition, waitingCycles(slots) > 0));
}

/** Whether a step was not made since the user last said something new, as far as that is near. */
function isFirstSinceReset(slots: Float64Array, full: Key): boolean {
  const since = slots[SLOT.sinceReset] ?? 0;
  // The step itself is among the keys already.
  if (since >= FRESH_STEPS || since >= (slots[SLOT.steps] ?? 0)) return false;
  return seenSteps.occurrences(slots, full, since + 1) <= 1;
}

/** Returns the number of the step that begins. */
function begin(slots: Float64Array): number {
  const number = (slots[SLOT.number] ?? 0) + 1;
  slots[SLOT.number] = number;
  slots[SLOT.steps] = (slots[SLOT.steps] ?? 0) + 1;
  slots[SLOT.sinceReset] = (slots[SLOT.sinceReset] ?? 0) + 1;
  return number;
}

function learnRepeats(
  slots: Float64Array,
  { traits }: StepIdentity,
  { isRepeat, isStale }: Recognition,
  place: StepPlace,
  isWaiting: boolean,
): void {
  if (isStale) repeats.extend(slots, 1, traits, place);
  else repeats.end(slots);
  if (isRepeat && !isWaiting) {
    returns.extend(slots, 1, traits, { ...place, attempt: place.step });
  } else {
    returns.end(slots);
    slots[SLOT.words] = 0;
  }
}

function learnAverages(
  slots: Float64Array,
  identity: StepIdentity,
  recognition: Recognition,
): void {
  const before = (slots[SLOT.steps] ?? 0) - 1;
  const substance = substanceOf(identity, recognition);
  learnVariety(slots, identity.work);
  learnSubstance(slots, substance, before);
  slots[SLOT.work] = (slots[SLOT.work] ?? 0) + substance;
  if (identity.full !== UNKNOWN) {
    learnNovelty(slots, recognition.isStale ? 1 - sameness(identity) : 1, before);
  }
}

/** Something new from the user begins a new attempt; a nudge that was heard before does not. */
function hearUser(slots: Float64Array, step: Step): void {
  noteDialogue(slots);
  learnPace(slots, step.atMs, false);
  endAttempt(slots);
  if (step.messageHash !== undefined) {
    const key = join(USER_KEY, keyOfDigest(step.messageHash));
    nudges.extend(slots, key, 0, { step: 0, atMs: 0, attempt: nudges.length(slots) + 1 });
    if (meet(slots, seenCalls, key)) return;
  }
  if (returns.length(slots) > 0) slots[SLOT.words] = (slots[SLOT.words] ?? 0) + 1;
  endRuns(slots);
  forgetTries(slots);
  forgetScant(slots);
  clearRings(slots);
  slots[SLOT.sinceReset] = 0;
}

function recognise(slots: Float64Array, identity: StepIdentity): Omit<Recognition, "isStale"> {
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

function factsOf(identity: StepIdentity, recognition: Recognition, held: boolean): Facts {
  const { traits, answer } = identity;
  return (
    factIf(FACT.repeat, recognition.isRepeat && !held) |
    factIf(FACT.stale, recognition.isStale) |
    factIf(FACT.held, held) |
    factIf(FACT.doubt, has(traits, TRAIT.doubt | TRAIT.narrow)) |
    factIf(FACT.review, has(traits, TRAIT.review)) |
    factIf(FACT.newAnswer, recognition.isNewAnswer) |
    factIf(FACT.oldAnswer, answer !== UNKNOWN && !recognition.isNewAnswer) |
    factIf(FACT.newCall, recognition.isNewCall && !has(traits, TRAIT.talk)) |
    factIf(FACT.write, has(traits, TRAIT.write))
  );
}
