import type { Key } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import { seenSteps } from "../memory/seen-keys.ts";

/** Facts of the last 32 steps, one bit a step, the latest lowest. */
const FACTS = [
  "repeat",
  "stale",
  "held",
  "doubt",
  "review",
  "newAnswer",
  "oldAnswer",
  "newCall",
  "write",
] as const;

export type Fact = (typeof FACTS)[number];
export type Facts = Readonly<Partial<Record<Fact, boolean>>>;

/** Remembers the facts of one step. */
export function remember(memory: Float64Array, facts: Facts): void {
  for (let index = 0; index < FACTS.length; index++) {
    const fact = FACTS[index];
    const bit = fact !== undefined && facts[fact] === true ? 1 : 0;
    const slot = SLOT.facts + index;
    memory[slot] = (((memory[slot] ?? 0) << 1) | bit) >>> 0;
  }
}

/** In how many of the last `window` steps the fact was so. */
export function count(memory: Float64Array, fact: Fact, window: number): number {
  let bits = (memory[SLOT.facts + FACTS.indexOf(fact)] ?? 0) & mask(window);
  let ones = 0;
  for (; bits !== 0; bits &= bits - 1) ones += 1;
  return ones;
}

/** How often the key came in the last `window` steps. */
export function occurrences(memory: Float64Array, key: Key, window: number): number {
  let found = 0;
  for (let ago = 0; ago < window; ago++) if (seenSteps.keyAgo(memory, ago) === key) found += 1;
  return found;
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
