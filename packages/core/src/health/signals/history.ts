import type { Key } from "../memory/key.ts";
import { HISTORY, SLOT } from "../memory/layout.ts";

/** Facts of the last 32 steps, one bit a step, the latest lowest. */
const FACTS = [
  "repeat",
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

/** Remembers one step. */
export function remember(memory: Float64Array, full: Key, facts: Facts): void {
  FACTS.forEach((fact, index) => {
    const slot = SLOT.historyBits + index;
    memory[slot] = (((memory[slot] ?? 0) << 1) | (facts[fact] === true ? 1 : 0)) >>> 0;
  });
  const count = memory[SLOT.history] ?? 0;
  memory[SLOT.history + 1 + (count % HISTORY)] = full;
  memory[SLOT.history] = count + 1;
}

/** In how many of the last `window` steps the fact was so. */
export function count(memory: Float64Array, fact: Fact, window: number): number {
  let bits = (memory[SLOT.historyBits + FACTS.indexOf(fact)] ?? 0) & mask(window);
  let ones = 0;
  for (; bits !== 0; bits &= bits - 1) ones += 1;
  return ones;
}

/** How often the key came in the last `window` steps. */
export function occurrences(memory: Float64Array, key: Key, window: number): number {
  let found = 0;
  for (let ago = 0; ago < window; ago++) if (keyAgo(memory, ago) === key) found += 1;
  return found;
}

/** How many different keys came in the last `window` steps, at most `limit` + 1. */
export function distinct(memory: Float64Array, window: number, limit: number): number {
  let different = 0;
  for (let ago = 0; ago < window && different <= limit; ago++) {
    const key = keyAgo(memory, ago);
    let isLatest = true;
    for (let later = 0; later < ago && isLatest; later++) isLatest = keyAgo(memory, later) !== key;
    if (isLatest) different += 1;
  }
  return different;
}

function keyAgo(memory: Float64Array, ago: number): Key {
  const place = (memory[SLOT.history] ?? 0) - 1 - ago + 2 * HISTORY;
  return memory[SLOT.history + 1 + (place % HISTORY)] ?? 0;
}

function mask(window: number): number {
  return window >= 32 ? -1 : (1 << window) - 1;
}
