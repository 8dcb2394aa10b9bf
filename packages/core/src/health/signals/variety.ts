import type { Key } from "../memory/key.ts";
import { SLOT, VARIETY } from "../memory/layout.ts";

const STEPS = SLOT.variety;
const SQUARES = SLOT.variety + 1;
const RING = SLOT.variety + 2;

/**
 * Of how many kinds of work the last 20 steps were, effectively: n squared over the sum of the
 * squared counts (the inverse of Simpson's index). 1 when all are of one kind, k when k kinds are
 * equally common.
 */
export function variety(memory: Float64Array): number {
  const length = Math.min(memory[STEPS] ?? 0, VARIETY);
  return length === 0 ? 1 : (length * length) / (memory[SQUARES] ?? 1);
}

/** Counts one more step. */
export function learnVariety(memory: Float64Array, work: Key): void {
  const steps = memory[STEPS] ?? 0;
  const place = RING + (steps % VARIETY);
  let squares = memory[SQUARES] ?? 0;
  // (c - 1)^2 = c^2 - 2c + 1 for the kind that leaves, (c + 1)^2 = c^2 + 2c + 1 for the new one.
  if (steps >= VARIETY) squares += 1 - 2 * countOf(memory, memory[place] ?? 0);
  memory[place] = 0;
  squares += 1 + 2 * countOf(memory, work);
  memory[place] = work;
  memory[STEPS] = steps + 1;
  memory[SQUARES] = squares;
}

function countOf(memory: Float64Array, work: Key): number {
  let found = 0;
  for (let index = 0; index < VARIETY; index++) {
    if (memory[RING + index] === work) found += 1;
  }
  return found;
}
