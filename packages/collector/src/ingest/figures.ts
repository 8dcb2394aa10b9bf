import { ENGINE_VERSION, type SessionSummary } from "@caum/core";

/** What was found in a session's present segment, as far as cohorts and reports compare it. */
export interface SessionFigures {
  readonly loops: number;
  /** Steps inside loops of equal steps, and inside any loop. */
  readonly exactSteps: number;
  readonly patternSteps: number;
  /** Average substance of the steps, in [0, 1]: 1 when each did something new. */
  readonly workYield: number;
  readonly worstTier: SessionSummary["worstTier"];
  /** Version of the health engine that found it. */
  readonly engine: string;
}

export function figuresOf(summary: SessionSummary, workYield: number): SessionFigures {
  const { loopCount: loops, exactSteps, patternSteps, worstTier } = summary;
  return { loops, exactSteps, patternSteps, workYield, worstTier, engine: ENGINE_VERSION };
}
