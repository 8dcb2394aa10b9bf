import { type Key, UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import type { Identity } from "../signals/identity.ts";
import { has, TRAIT } from "../signals/trait.ts";
import type { Step } from "../step.ts";
import { PeriodRing } from "./period-ring.ts";
import { heldCycles, holdWait } from "./wait-hold.ts";

/** Full keys of every step, and of calls alone: notes between calls do not hide a loop. */
export const everyStep = new PeriodRing(SLOT.everyStep);
export const everyCall = new PeriodRing(SLOT.everyCall);
/** Calls up to numbers in their arguments. */
export const templates = new PeriodRing(SLOT.templates);
/** Calls up to numbers in their answers. */
export const numerics = new PeriodRing(SLOT.numerics);

const RINGS = [everyStep, everyCall, templates, numerics];

/** Takes one step into the rings; a message only into that of every step. */
export function turnRings(
  slots: Float64Array,
  step: Step,
  identity: Identity,
  isRepeat: boolean,
): void {
  const { traits } = identity;
  const entry = { key: identity.full, traits, atMs: step.atMs ?? 0, step: slots[SLOT.steps] ?? 0 };
  everyStep.push(slots, entry);
  holdWait(slots, everyStep);
  if (step.kind !== "call") return;
  // Nobody knows what an unnamed operation does: equal up to numbers may still be work.
  const unsure = opOf(step) === "other" && !has(traits, TRAIT.failing);
  const guarded = unsure ? traits | TRAIT.review : traits;
  everyCall.push(slots, entry);
  templates.push(slots, { ...entry, key: templateOf(identity), traits: guarded });
  numerics.push(slots, { ...entry, key: numericOf(step, identity, isRepeat), traits: guarded });
  for (const ring of [everyCall, templates, numerics]) holdWait(slots, ring);
}

/** The cycles of the longest wait that is believed, 0 when none is. */
export function waitingCycles(slots: Float64Array): number {
  let longest = 0;
  for (const ring of RINGS) longest = Math.max(longest, heldCycles(slots, ring));
  return longest;
}

export function clearRings(slots: Float64Array): void {
  for (const ring of RINGS) ring.clear(slots);
}

/** A batch of changes, or of lookups that find nothing, is work. */
function templateOf(identity: Identity): Key {
  const { traits, empty } = identity;
  const isDone = has(traits, TRAIT.write) && !has(traits, TRAIT.failing);
  return empty || isDone || has(traits, TRAIT.wait) ? UNKNOWN : identity.template;
}

/** A successful look whose answer moves is progress; one whose answer was seen before is not. */
function numericOf(step: Step, identity: Identity, isRepeat: boolean): Key {
  const looks = opOf(step) === "read" && !has(identity.traits, TRAIT.failing);
  const proven = isRepeat && identity.realArguments;
  return looks && !proven ? UNKNOWN : identity.numeric;
}

function opOf(step: Step): string {
  return step.op ?? "other";
}
