/**
 * Calls of which nobody said what was asked, and no state they led to: equal ones prove little, but
 * not nothing.
 */
import { join, keyOfDigest, tagged, UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import type { StepIdentity } from "../step/identity.ts";
import type { Step } from "../step/step.ts";
import { has, TRAIT } from "../step/trait.ts";
import { Run, type StepPlace } from "./run.ts";

/** Calls of one tool in a row with one posted content, however short. */
export const sameContents = new Run(SLOT.sameContents);
/** Calls of one tool in a row of which nothing else is known, not even how they ended. */
export const sameNames = new Run(SLOT.sameNames);

export const SCANT_RUNS: readonly Run[] = [sameContents, sameNames];

/** A new word of the user begins anew. */
export function forgetScant(memory: Float64Array): void {
  for (const run of SCANT_RUNS) run.end(memory);
}

/** Extends or ends the runs by one call. */
export function learnScant(
  memory: Float64Array,
  step: Step,
  identity: StepIdentity,
  place: StepPlace,
): void {
  const isScant = step.argumentsNorm === undefined && step.stateId === undefined;
  const { resultNorm } = step;
  grow(sameContents, isScant && resultNorm !== undefined ? contentKey(identity, step) : UNKNOWN);
  const isNamed = isScant && resultNorm === undefined && step.status === "unknown";
  grow(sameNames, isNamed ? identity.tool : UNKNOWN);

  function grow(run: Run, key: number): void {
    if (key === UNKNOWN) run.end(memory);
    else run.extend(memory, key, identity.traits, place);
  }
}

/** Whether the call that was just learned says the same as the one before. */
export function isScantRepeat(memory: Float64Array): boolean {
  return sameContents.length(memory) > 1 || sameNames.length(memory) > 1;
}

function contentKey({ tool, traits }: StepIdentity, { resultNorm = "" }: Step): number {
  return tagged(join(tool, keyOfDigest(resultNorm)), has(traits, TRAIT.failing) ? 1 : 0);
}
