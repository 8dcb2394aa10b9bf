import { ENGINE_VERSION, type SessionSummary } from "@caum/core/health";

/** What was found in a session's present segment, as far as cohorts and reports compare it. */
export interface SessionFigures {
  readonly loops: number;
  /** Steps inside loops of equal steps, and inside any loop. */
  readonly exactSteps: number;
  readonly patternSteps: number;
  readonly loopCostNanoUsd: number;
  /** Average substance of the steps, in [0, 1]: 1 when each did something new. */
  readonly workYield: number;
  readonly worstTier: SessionSummary["worstTier"];
  /** Version of the health engine that found it. */
  readonly engine: string;
}

export function figuresOf(summary: SessionSummary, workYield: number): SessionFigures {
  const { loopCount: loops, exactSteps, patternSteps, loopCostNanoUsd, worstTier } = summary;
  const found = { loops, exactSteps, patternSteps, loopCostNanoUsd, worstTier };
  return { ...found, workYield, engine: ENGINE_VERSION };
}

/** What was found of loops in all attempts of a session: it stays when the sender starts over. */
export interface LoopTotals {
  readonly count: number;
  /** Steps inside loops. */
  readonly steps: number;
  readonly costNanoUsd: number;
  readonly worstTier: SessionSummary["worstTier"];
}

export const NO_LOOPS: LoopTotals = { count: 0, steps: 0, costNanoUsd: 0, worstTier: "T1" };

/** What earlier attempts had, with the present one. */
export function loopsWith(earlier: LoopTotals, present: SessionSummary): LoopTotals {
  const { loopCount, patternSteps, loopCostNanoUsd, worstTier } = present;
  const cost = earlier.costNanoUsd + loopCostNanoUsd;
  return {
    count: earlier.count + loopCount,
    steps: earlier.steps + patternSteps,
    costNanoUsd: Math.min(cost, Number.MAX_SAFE_INTEGER),
    worstTier: worstTier > earlier.worstTier ? worstTier : earlier.worstTier,
  };
}
