import { type Key, keyOf, UNKNOWN } from "../memory/key.ts";
import { SIBLINGS, SLOT } from "../memory/layout.ts";
import type { Step } from "../step/step.ts";

const NUMBER = SLOT.attempt;
const PARENT = SLOT.attempt + 1;
const FIRST_END = SLOT.attempt + 2;
const KEYS = SLOT.attempt + 3;

/**
 * Takes a call into the attempt it belongs to.
 *
 * Calls that were asked for together are siblings, and one attempt: those of one turn, and where no
 * turn is known, those that began before the first of them was answered.
 *
 * @returns the number of the attempt, from 1; 0 when an equal sibling was counted already
 */
export function joinAttempt(memory: Float64Array, step: Step, full: Key): number {
  if (!isSibling(memory, step)) {
    beginAttempt(memory, step, full);
  } else if (full !== UNKNOWN) {
    for (let at = KEYS; at < KEYS + SIBLINGS; at++) if (memory[at] === full) return 0;
    memory.copyWithin(KEYS + 1, KEYS, KEYS + SIBLINGS - 1);
    memory[KEYS] = full;
  }
  return attemptOf(memory);
}

/** The number of the latest attempt. */
export function attemptOf(memory: Float64Array): number {
  return memory[NUMBER] ?? 0;
}

/** What is said between two calls parts them. */
export function endAttempt(memory: Float64Array): void {
  memory.fill(0, PARENT, KEYS + SIBLINGS);
}

function isSibling(memory: Float64Array, step: Step): boolean {
  const known = memory[PARENT] ?? UNKNOWN;
  if (step.parentEventId !== undefined) return known === keyOf(step.parentEventId);
  const { atMs, durationMs } = step;
  if (known !== UNKNOWN || atMs === undefined || durationMs === undefined) return false;
  return atMs - durationMs < (memory[FIRST_END] ?? 0);
}

function beginAttempt(memory: Float64Array, { parentEventId, atMs = 0 }: Step, full: Key): void {
  memory[NUMBER] = attemptOf(memory) + 1;
  memory[PARENT] = parentEventId === undefined ? UNKNOWN : keyOf(parentEventId);
  memory[FIRST_END] = atMs;
  memory[KEYS] = full;
  for (let at = KEYS + 1; at < KEYS + SIBLINGS; at++) memory[at] = UNKNOWN;
}
