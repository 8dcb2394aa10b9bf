import { type Key, UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import { callBeat, stepBeat } from "../signals/beat.ts";
import { PeriodRing } from "../signals/period-ring.ts";
import type { StepIdentity } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import { has, TRAIT } from "../step/trait.ts";
import { firstWaitStep, holdWait, longestWait } from "../wait/wait-hold.ts";

/** Full keys of every step, and of calls alone: notes between calls do not hide a loop. */
export const everyStep = new PeriodRing(SLOT.everyStep, stepBeat);
export const everyCall = new PeriodRing(SLOT.everyCall, callBeat);
/** Calls up to numbers in their arguments. */
export const templates = new PeriodRing(SLOT.templates, callBeat);
/** Calls up to numbers in their answers. */
export const numerics = new PeriodRing(SLOT.numerics, callBeat);

const CALL_RINGS = [everyCall, templates, numerics];
export const RINGS: readonly PeriodRing[] = [everyStep, ...CALL_RINGS];

/** Takes one step into the rings; a message only into that of every step. */
export function turnRings(
  slots: Float64Array,
  step: Step,
  identity: StepIdentity,
  isRepeat: boolean,
): void {
  const mark = { traits: identity.traits, atMs: step.atMs ?? 0, step: slots[SLOT.number] ?? 0 };
  everyStep.push(slots, identity.full);
  stepBeat.push(slots, mark);
  holdWait(slots, everyStep);
  if (step.kind !== "call") return;
  everyCall.push(slots, identity.full);
  templates.push(slots, templateOf(identity));
  numerics.push(slots, numericOf(step, identity, isRepeat));
  callBeat.push(slots, mark);
  for (const ring of CALL_RINGS) holdWait(slots, ring);
}

/** The cycles of the longest wait that is believed, 0 when none is. */
export function waitingCycles(slots: Float64Array): number {
  let longest = 0;
  for (const ring of RINGS) longest = Math.max(longest, longestWait(slots, ring));
  return longest;
}

/** The step with which that wait began; undefined when none is believed. */
export function waitingSince(slots: Float64Array): number | undefined {
  const cycles = waitingCycles(slots);
  if (cycles === 0) return undefined;
  const ring = RINGS.find((candidate) => longestWait(slots, candidate) === cycles);
  return ring && firstWaitStep(slots, ring);
}

export function clearRings(slots: Float64Array): void {
  for (const ring of RINGS) ring.clear(slots);
}

/** A batch of changes, or of lookups that find nothing, is work. */
function templateOf(identity: StepIdentity): Key {
  const { traits, empty } = identity;
  const isDone = has(traits, TRAIT.write | TRAIT.act) && !has(traits, TRAIT.failing);
  return empty || isDone || has(traits, TRAIT.wait) ? UNKNOWN : identity.template;
}

/** To look, to act or to fetch, an answer that moves is progress; one that was seen before is not. */
function numericOf({ op }: Step, identity: StepIdentity, isRepeat: boolean): Key {
  const looks = op === "read" || op === "wait" || op === "act" || op === "net";
  const moves = looks && !has(identity.traits, TRAIT.failing);
  return moves && !(isRepeat && identity.realArguments) ? UNKNOWN : identity.numeric;
}
