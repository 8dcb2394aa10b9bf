/** Which operation came after which, for readers that go through all of it. */
import type { RememberedStructure, SessionStructure } from "./session-profile.ts";

/** Place and count, one after the other, in the order of the places. */
export type Pairs = readonly number[];

/** Of structures that were read from their text, where the pairs stand as they are. */
const known = new WeakMap<SessionStructure, Pairs>();

/** @param pairs those of its transitions */
export function knowPairs(structure: SessionStructure, pairs: Pairs): void {
  known.set(structure, pairs);
}

export function transitionPairs(structure: SessionStructure | RememberedStructure): Pairs {
  if ("pairs" in structure) return structure.pairs;
  return known.get(structure) ?? pairsOf(structure.transitions);
}

export function pairsOf(counts: Readonly<Record<number, number>>): Pairs {
  const pairs: number[] = [];
  // Keys that are whole numbers come in their order.
  for (const place in counts) pairs.push(Number(place), counts[place] ?? 0);
  return pairs;
}
