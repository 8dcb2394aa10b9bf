import { SLOT } from "../memory/layout.ts";
import { seenSteps } from "../memory/seen-keys.ts";

/** Facts of the last 32 steps, one bit a step, the latest lowest: which word each of them has. */
export const FACT = {
  repeat: 0,
  stale: 1,
  held: 2,
  doubt: 3,
  review: 4,
  newAnswer: 5,
  oldAnswer: 6,
  newCall: 7,
  write: 8,
} as const;

export type Fact = (typeof FACT)[keyof typeof FACT];
/** Facts of one step, one bit a fact. */
export type Facts = number;

const FACTS = Object.keys(FACT).length;

/** The bit of a fact, if it is so. */
export function factIf(fact: Fact, isSo: boolean): Facts {
  return isSo ? 1 << fact : 0;
}

/** Remembers the facts of one step. */
export function remember(memory: Float64Array, facts: Facts): void {
  for (let fact = 0; fact < FACTS; fact++) {
    const slot = SLOT.facts + fact;
    memory[slot] = (((memory[slot] ?? 0) << 1) | ((facts >>> fact) & 1)) >>> 0;
  }
}

/** In how many of the last `window` steps the fact was so. */
export function countFact(memory: Float64Array, fact: Fact, window: number): number {
  let bits = (memory[SLOT.facts + fact] ?? 0) & mask(window);
  let ones = 0;
  for (; bits !== 0; bits &= bits - 1) ones += 1;
  return ones;
}

/** How many different keys came in the last `window` steps, at most `limit` + 1. */
export function distinct(memory: Float64Array, window: number, limit: number): number {
  let different = 0;
  for (let ago = 0; ago < window && different <= limit; ago++) {
    const key = seenSteps.keyAgo(memory, ago);
    let isLatest = true;
    for (let later = 0; later < ago && isLatest; later++)
      isLatest = seenSteps.keyAgo(memory, later) !== key;
    if (isLatest) different += 1;
  }
  return different;
}

function mask(window: number): number {
  return window >= 32 ? -1 : (1 << window) - 1;
}
