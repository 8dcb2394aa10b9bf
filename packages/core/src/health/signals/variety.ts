import { integerAt } from "../memory/integer.ts";
import type { Key } from "../memory/key.ts";
import { SLOT, VARIETY } from "../memory/layout.ts";

const STEPS = SLOT.variety;
const RING = SLOT.variety + 1;

/** Notes the kind of work of one more step. */
export function learnVariety(memory: Float64Array, work: Key): void {
  const steps = integerAt(memory, STEPS);
  memory[RING + (steps % VARIETY)] = work;
  memory[STEPS] = steps + 1;
}

/**
 * Of how many kinds of work the last steps were, effectively: n squared over the sum of the squared
 * counts (the inverse of Simpson's index). 1 when all are of one kind, k when k kinds are equally
 * common.
 *
 * @param window how many steps, at most 20
 */
export function varietyOf(memory: Float64Array, window: number): number {
  const steps = integerAt(memory, STEPS);
  const length = Math.min(steps, window);
  if (length === 0) return 1;
  const next = RING + (steps % VARIETY);
  let pairs = 0;
  for (let ago = 1; ago < length; ago++) {
    const work = memory[slotOf(next, ago)];
    for (let before = ago + 1; before <= length; before++) {
      if (memory[slotOf(next, before)] === work) pairs += 1;
    }
  }
  // A kind of c steps has c(c - 1)/2 pairs, and c^2 = c + c(c - 1).
  return (length * length) / (length + 2 * pairs);
}

/** Where the work of `ago` steps before the next one stands. */
function slotOf(next: number, ago: number): number {
  return next - ago < RING ? next - ago + VARIETY : next - ago;
}
