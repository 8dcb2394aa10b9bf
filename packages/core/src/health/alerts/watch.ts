import type { Assessment } from "../assessment.ts";
import type { AlertMemory } from "./alert-memory.ts";
import type { Condition } from "./condition.ts";
import { type AlertState, moveAlert } from "./edge.ts";

/** What a rule sees of a session after a record. */
export interface Sighting {
  readonly assessment: Pick<Assessment, "step" | "tier" | "uds" | "regime" | "publicClass">;
  readonly costNanoUsd: number;
  /** The record says that the definition of a tool is not what it was. */
  readonly isToolChange: boolean;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Watched {
  readonly memory: AlertMemory;
  readonly fires: boolean;
  /** Whether the condition holds, told or not. */
  readonly holds: boolean;
}

/** How soon a rule fires, and how soon again. */
export interface RulePace {
  /** For so long after it fired, a session does not fire the rule again. */
  readonly cooldownMs: number;
  /** For so many steps in a row a tier, uds or regime must hold; 0 fires with the first. */
  readonly dwellSteps: number;
}

/**
 * Moves a rule by one record of a session. It fires when its condition begins to hold: a tier, uds
 * or regime after the rule's dwell ({@link moveAlert}), everything else at once. A condition that
 * begins to hold within the cooldown fires with the first record after it, should it still hold then.
 *
 * `open_call` never fires here: nothing is recorded when its time has come. Nor do `drift` and
 * `loop_rate`, which are about a workflow.
 */
export function watchCondition(
  condition: Condition,
  { cooldownMs, dwellSteps }: RulePace,
  memory: AlertMemory,
  sighting: Sighting,
): Watched {
  const { nowMs } = sighting;
  const moved = move(condition, dwellSteps, memory, sighting);
  const holds = moved.standing;
  const { firedMs, owes } = memory;
  const told = {
    ...(firedMs !== undefined && { firedMs }),
    ...(owes !== undefined && { owes }),
  };
  if (!moved.standing || memory.standing) {
    return { memory: { ...moved, ...told }, fires: false, holds };
  }
  if (firedMs !== undefined && isWithin(nowMs - firedMs, cooldownMs)) {
    return { memory: { ...moved, standing: false, ...told }, fires: false, holds };
  }
  // A change stands for one record only: the next one is news again.
  const standing = condition.kind !== "tool_definition_changed";
  return { memory: { ...moved, ...told, standing, firedMs: nowMs }, fires: true, holds };
}

/** A clock that was set back does not hold an alert back. */
function isWithin(elapsedMs: number, cooldownMs: number): boolean {
  return elapsedMs >= 0 && elapsedMs < cooldownMs;
}

function move(
  condition: Condition,
  dwellSteps: number,
  memory: AlertMemory,
  sighting: Sighting,
): AlertState {
  const { assessment } = sighting;
  const holds = isMet(condition, sighting);
  if (condition.kind === "tier" || condition.kind === "uds" || condition.kind === "regime") {
    return moveAlert(memory, assessment, holds, dwellSteps);
  }
  return { standing: holds, held: 0, step: assessment.step };
}

function isMet(condition: Condition, sighting: Sighting): boolean {
  const { assessment, costNanoUsd, isToolChange } = sighting;
  switch (condition.kind) {
    case "tier": {
      const rank = Number(assessment.tier.slice(1));
      return condition.orWorse ? rank >= condition.rank : rank === condition.rank;
    }
    case "regime":
      return assessment.regime === condition.regime;
    case "uds":
      return assessment.uds < condition.below;
    case "class":
      return assessment.publicClass === condition.publicClass;
    case "cost":
      return costNanoUsd > condition.overNanoUsd;
    case "steps":
      return assessment.step > condition.over;
    case "tool_definition_changed":
      return isToolChange;
    case "open_call":
    case "drift":
    case "loop_rate":
      return false;
  }
}
