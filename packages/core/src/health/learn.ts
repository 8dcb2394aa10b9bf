import { learnRisk } from "./failure-risk.ts";
import { join, type Key, keyOf, UNKNOWN } from "./memory/key.ts";
import { SIBLINGS, SLOT } from "./memory/layout.ts";
import { type SeenKeys, seenAnswers, seenCalls, seenSteps } from "./memory/seen-keys.ts";
import { clearRings, turnRings, waitingCycles } from "./rules/rings.ts";
import { learnNovelty, learnSubstance } from "./signals/averages.ts";
import { type Facts, remember } from "./signals/history.ts";
import { type Identity, identify } from "./signals/identity.ts";
import { learnProbe } from "./signals/probe.ts";
import { endRuns, learnRuns } from "./signals/runs.ts";
import { type Recognition, sameness, substanceOf } from "./signals/substance.ts";
import { has, TRAIT } from "./signals/trait.ts";
import { learnVariety } from "./signals/variety.ts";
import type { Step } from "./step.ts";
import { learnQuality } from "./trace-quality.ts";

const USER_KEY = keyOf("user");

/** Takes one step into the memory of its session, which must have room for it. */
export function learn(slots: Float64Array, step: Step): void {
  if (step.kind === "user") {
    hearUser(slots, step);
    return;
  }
  // Of a message that nobody digested, nothing is known that a rule could use.
  if (step.kind !== "call" && step.messageHash === undefined) return;
  const identity = identify(step);
  if (isSibling(slots, step, identity)) return;
  const recognition = recognise(slots, identity);
  const before = slots[SLOT.steps] ?? 0;
  slots[SLOT.steps] = before + 1;
  slots[SLOT.sinceReset] = (slots[SLOT.sinceReset] ?? 0) + 1;
  turnRings(slots, step, identity, recognition.isRepeat);
  learnRuns(slots, step, identity, recognition.isRepeat);
  learnVariety(slots, identity.work);
  const substance = substanceOf(identity, recognition);
  learnSubstance(slots, substance, before);
  slots[SLOT.work] = (slots[SLOT.work] ?? 0) + substance;
  if (identity.full !== UNKNOWN) {
    learnNovelty(slots, recognition.isRepeat ? 1 - sameness(identity) : 1, before);
  }
  remember(slots, factsOf(identity, recognition, waitingCycles(slots) > 0));
  learnProbe(slots, identity.full);
  if (step.kind === "call") learnQuality(slots, identity, recognition);
  learnRisk(slots, identity, recognition);
}

/** Something new from the user begins a new attempt; a nudge that was heard before does not. */
function hearUser(slots: Float64Array, step: Step): void {
  if (step.messageHash !== undefined) {
    const isKnown = meet(slots, seenCalls, join(USER_KEY, keyOf(step.messageHash)));
    if (isKnown) return;
  }
  endRuns(slots);
  clearRings(slots);
  slots[SLOT.sinceReset] = 0;
}

/** Whether it is a call made side by side with an equal one: together they count once. */
function isSibling(slots: Float64Array, step: Step, identity: Identity): boolean {
  if (step.parentEventId === undefined || identity.full === UNKNOWN) return false;
  const first = SLOT.siblings + 1;
  const parent = keyOf(step.parentEventId);
  if (slots[SLOT.siblings] !== parent) {
    slots[SLOT.siblings] = parent;
    slots.fill(UNKNOWN, first, first + SIBLINGS);
  }
  const family = slots.subarray(first, first + SIBLINGS);
  if (family.includes(identity.full)) return true;
  family.copyWithin(1, 0);
  family[0] = identity.full;
  return false;
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
    repeat: recognition.isRepeat,
    held,
    doubt: has(traits, TRAIT.doubt),
    review: has(traits, TRAIT.review),
    newAnswer: recognition.isNewAnswer,
    oldAnswer: answer !== UNKNOWN && !recognition.isNewAnswer,
    newCall: recognition.isNewCall && !has(traits, TRAIT.talk),
    write: has(traits, TRAIT.write),
  };
}
