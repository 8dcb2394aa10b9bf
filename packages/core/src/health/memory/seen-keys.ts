import { integerAt } from "./integer.ts";
import type { Key } from "./key.ts";
import { FIXED_SLOTS, MOST_STEPS, SEEN_PARTS, SLOT } from "./layout.ts";

/**
 * The latest keys of a session; the oldest is forgotten first. One object serves all sessions: the
 * keys are in the memory of each.
 *
 * Slots: how many keys there ever were, then a ring of keys.
 */
export class SeenKeys {
  readonly #at: number;
  readonly #limit: number;

  constructor(at: number, limit: number) {
    this.#at = at;
    this.#limit = limit;
  }

  has(memory: Float64Array, key: Key): boolean {
    const first = this.#at + 1;
    const end = first + Math.min(this.count(memory), this.#capacity(memory));
    // `indexOf` has no end: it would search the keys of all others, too.
    for (let at = first; at < end; at++) if (memory[at] === key) return true;
    return false;
  }

  add(memory: Float64Array, key: Key): void {
    const count = this.count(memory);
    memory[this.#at + 1 + (count % this.#capacity(memory))] = key;
    memory[this.#at] = count + 1;
  }

  /** The key that was added `ago` keys before the latest; 0 when there is none. */
  keyAgo(memory: Float64Array, ago: number): Key {
    const count = this.count(memory);
    const capacity = this.#capacity(memory);
    if (ago >= Math.min(count, capacity)) return 0;
    return memory[this.#at + 1 + ((count - 1 - ago) % capacity)] ?? 0;
  }

  /** How often a key is among the latest `window`. */
  occurrences(memory: Float64Array, key: Key, window: number): number {
    let found = 0;
    for (let ago = 0; ago < window; ago++) if (this.keyAgo(memory, ago) === key) found += 1;
    return found;
  }

  /** How many keys there ever were. */
  count(memory: Float64Array): number {
    return integerAt(memory, this.#at);
  }

  #capacity(memory: Float64Array): number {
    return Math.min(this.#limit, memory.length - this.#at - 1);
  }
}

export const seenCalls = new SeenKeys(SLOT.seenCalls, SEEN_PARTS);
export const seenAnswers = new SeenKeys(SLOT.seenAnswers, SEEN_PARTS);
/** Full keys of the steps; 0 for a step that is not known well enough to have one. */
export const seenSteps = new SeenKeys(SLOT.seenSteps, MOST_STEPS);

/** Memory with room for one more step: the same, or twice as many steps. */
export function withRoom(memory: Float64Array): Float64Array {
  const capacity = memory.length - FIXED_SLOTS;
  if (seenSteps.count(memory) < capacity || capacity >= MOST_STEPS) return memory;
  const grown = new Float64Array(FIXED_SLOTS + Math.min(2 * capacity, MOST_STEPS));
  grown.set(memory);
  grown[SLOT.size] = grown.length;
  return grown;
}
