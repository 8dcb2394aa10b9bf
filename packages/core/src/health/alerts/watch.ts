import type { Assessment } from "../assessment.ts";
import type { AlertMemory } from "./alert-memory.ts";
import {
  type Alternative,
  type Condition,
  isMeant,
  isOfSteps,
  type KnownNames,
} from "./condition/condition.ts";
import type { Measure } from "./condition/measure.ts";
import { type AlertState, moveAlert } from "./edge.ts";

/** What a rule sees of a session after a record. */
export interface Sighting {
  readonly assessment: Pick<Assessment, "step" | "tier" | "uds" | "regime" | "publicClass">;
  readonly costNanoUsd: number;
  /** The record says that the definition of a tool is not what it was. */
  readonly isToolChange: boolean;
  readonly names: KnownNames;
  /** Milliseconds since 1970. */
  readonly nowMs: number;
}

export interface Watched {
  readonly memory: AlertMemory;
  readonly fires: boolean;
  /** Whether the condition holds, told or not. */
  readonly holds: boolean;
  /** Which alternative it fired with. */
  readonly met?: Alternative;
}

/** How soon a rule fires, and how soon again. */
export interface RulePace {
  /** For so long after it fired, a session does not fire the rule again. */
  readonly cooldownMs: number;
  /** For so many steps in a row a condition with a tier, uds or regime must hold; 0 fires with the first. */
  readonly dwellSteps: number;
}

/**
 * Moves a rule by one record of a session. It fires when its condition begins to hold: one with a tier,
 * uds or regime after the rule's dwell ({@link moveAlert}), everything else at once. A condition that
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
  const { state, change } = metBy(condition, sighting);
  const moved = move(condition, dwellSteps, memory, sighting, state !== undefined);
  const holds = moved.standing || change !== undefined;
  const { firedMs, owes } = memory;
  const told = {
    ...(firedMs !== undefined && { firedMs }),
    ...(owes !== undefined && { owes }),
  };
  const met = change ?? (moved.standing && !memory.standing ? state : undefined);
  if (met === undefined) return { memory: { ...moved, ...told }, fires: false, holds };
  if (firedMs !== undefined && isWithin(nowMs - firedMs, cooldownMs)) {
    // What did not stand before is as if it had not begun: it begins again after the cooldown.
    const standing = moved.standing && memory.standing;
    return { memory: { ...moved, standing, ...told }, fires: false, holds };
  }
  return { memory: { ...moved, ...told, firedMs: nowMs }, fires: true, holds, met };
}

/** A clock that was set back does not hold an alert back. */
function isWithin(elapsedMs: number, cooldownMs: number): boolean {
  return elapsedMs >= 0 && elapsedMs < cooldownMs;
}

interface Met {
  /** Holds until something else is recorded. */
  state: Alternative | undefined;
  /** Holds of this record only: the next one is news again. */
  change: Alternative | undefined;
}

function metBy({ anyOf }: Condition, sighting: Sighting): Met {
  const met: Met = { state: undefined, change: undefined };
  for (const alternative of anyOf) {
    if (!holdsNow(alternative, sighting)) continue;
    if (alternative.measures.some(isOfOneRecord)) met.change ??= alternative;
    else met.state ??= alternative;
  }
  return met;
}

/** Asked with every record for every rule: a loop costs half of what a function for each measure does. */
function holdsNow({ measures, within }: Alternative, sighting: Sighting): boolean {
  for (const measure of measures) if (!isMet(measure, sighting)) return false;
  return isMeant(within, sighting.names);
}

function isOfOneRecord({ kind }: Measure): boolean {
  return kind === "tool_definition_changed";
}

function move(
  condition: Condition,
  dwellSteps: number,
  memory: AlertMemory,
  { assessment }: Sighting,
  holds: boolean,
): AlertState {
  if (isOfSteps(condition)) return moveAlert(memory, assessment, holds, dwellSteps);
  return { standing: holds, held: 0, step: assessment.step };
}

function isMet(measure: Measure, sighting: Sighting): boolean {
  const { assessment, costNanoUsd, isToolChange } = sighting;
  switch (measure.kind) {
    case "tier": {
      const rank = Number(assessment.tier.slice(1));
      return measure.orWorse ? rank >= measure.rank : rank === measure.rank;
    }
    case "regime":
      return assessment.regime === measure.regime;
    case "uds":
      return assessment.uds < measure.below;
    case "class":
      return assessment.publicClass === measure.publicClass;
    case "cost":
      return costNanoUsd > measure.overNanoUsd;
    case "steps":
      return assessment.step > measure.over;
    case "tool_definition_changed":
      return isToolChange;
    case "open_call":
    case "drift":
    case "loop_rate":
      return false;
  }
}
