import type { ComparableStructure, Tally } from "./comparable-structure.ts";

/** How far two sessions are apart in one respect: from 0, the same, to 1, nothing in common. */
export interface DistanceParts {
  readonly operations: number;
  readonly transitions: number;
  /** Null where a session has no tool with a readable name: names cannot be compared then. */
  readonly tools: number | null;
  readonly length: number;
  readonly loops: number;
}

/** How far two sessions are apart, over all and in each respect. */
export interface StructureDistance {
  /** From 0 to 1: the weighted mean of the parts that are known. */
  readonly distance: number;
  readonly parts: DistanceParts;
}

/** A heuristic; docs/collector.md has what it was measured on. */
export const PART_WEIGHTS: Readonly<Record<keyof DistanceParts, number>> = {
  operations: 4,
  transitions: 5,
  tools: 5,
  length: 2,
  loops: 4,
};

/**
 * How differently two sessions are built. Symmetric, and 0 for a session and itself.
 *
 * Mixes are compared by total variation, loops by the kinds they share (Ruzicka), lengths by their
 * difference over their sum. Sums are of integers, so the result does not depend on any order.
 */
export function structureDistance(
  one: ComparableStructure,
  other: ComparableStructure,
): StructureDistance {
  const parts: DistanceParts = {
    operations: variation(one.operations, other.operations),
    transitions: variation(one.transitions, other.transitions),
    tools: toolDistance(one, other),
    length: relativeDifference(one.length, other.length),
    loops: setDistance(one.loops, other.loops),
  };
  return { distance: weightedMean(parts), parts };
}

function weightedMean(parts: DistanceParts): number {
  let sum = 0;
  let weights = 0;
  // The keys of the weights are those of the parts.
  for (const [name, weight] of Object.entries(PART_WEIGHTS) as [keyof DistanceParts, number][]) {
    const part = parts[name];
    if (part === null) continue;
    sum += weight * part;
    weights += weight;
  }
  return sum / weights;
}

function toolDistance(one: ComparableStructure, other: ComparableStructure): number | null {
  const isHidden = [one, other].some(({ tools, unnamedCalls }) => {
    return tools.total === 0 && unnamedCalls > 0;
  });
  return isHidden ? null : variation(one.tools, other.tools);
}

/** Total variation of two mixes: the share that would have to move to make one of the other. */
function variation(one: Tally, other: Tally): number {
  if (one.total === 0 || other.total === 0) return one.total === other.total ? 0 : 1;
  let common = 0;
  for (const [name, times] of one.counts) {
    const others = other.counts.get(name);
    if (others !== undefined) common += Math.min(times * other.total, others * one.total);
  }
  const all = one.total * other.total;
  return (all - common) / all;
}

/** Ruzicka's distance of two multisets. */
function setDistance(one: Tally, other: Tally): number {
  let common = 0;
  for (const [name, times] of one.counts) common += Math.min(times, other.counts.get(name) ?? 0);
  const all = one.total + other.total - common;
  return all === 0 ? 0 : (all - common) / all;
}

function relativeDifference(one: number, other: number): number {
  const sum = one + other;
  return sum === 0 ? 0 : Math.abs(one - other) / sum;
}
