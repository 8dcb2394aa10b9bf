/** One word when a loop begins, and one more: when it ended, or when it goes on for too long. */
import type { AlertMemory } from "./alert-memory.ts";

/** A loop that goes on for so long is told of once more. */
export const GOES_ON_MS = 15 * 60_000;
/** After so many steps without it a loop is over; one that comes back before is the same. */
const QUIET_STEPS = 8;

export type FollowUp = "ended" | "goes_on";

export interface LoopMoment {
  /** Whether the rule fires with this record. */
  readonly fires: boolean;
  /** Whether its condition holds. */
  readonly holds: boolean;
  /** Nothing comes after this record. */
  readonly isOver: boolean;
  readonly step: number;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Followed {
  readonly memory: AlertMemory;
  readonly word?: "begins" | FollowUp;
}

/**
 * What is said of a loop with one record, after {@link watchCondition} moved the rule. Whoever was
 * told that a loop goes on is not told that it ended.
 */
export function followLoop(memory: AlertMemory, moment: LoopMoment): Followed {
  const { owes, ...rest } = memory;
  const { fires, holds, isOver, step, nowMs } = moment;
  if (owes === undefined) {
    return fires ? { memory: { ...rest, owes: { sinceMs: nowMs } }, word: "begins" } : { memory };
  }
  if (isOver) return { memory: rest, word: "ended" };
  if (!holds) {
    const { quietFrom = step } = owes;
    if (step - quietFrom >= QUIET_STEPS) return { memory: rest, word: "ended" };
    return { memory: { ...rest, owes: { ...owes, quietFrom } } };
  }
  if (nowMs - owes.sinceMs >= GOES_ON_MS) return { memory: rest, word: "goes_on" };
  return { memory: { ...rest, owes: { sinceMs: owes.sinceMs } } };
}
