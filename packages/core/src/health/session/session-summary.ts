import type { Assessment, Pattern } from "../assessment.ts";
import type { Rule } from "../rules/finding.ts";
import type { Regime } from "../scores/regime.ts";
import type { Tier } from "../scores/tier.ts";

/** A loop of a session, from its first step to the last at which it stood. */
export interface Loop extends Pattern {
  readonly lastStep: number;
  /** Step of the alert. */
  readonly alertStep: number;
}

/** What happened in a session, as plain JSON. */
export interface SessionSummary {
  readonly steps: number;
  readonly loops: readonly Loop[];
  /** Loops beyond the first 100 are counted, not listed. */
  readonly loopCount: number;
  /** Steps in each regime. */
  readonly regimes: Readonly<Partial<Record<Regime, number>>>;
  /** Steps that are part of a loop whose steps are equal, and of any loop. */
  readonly exactSteps: number;
  readonly patternSteps: number;
  readonly worstTier: Tier;
  /** Last step of a loop that was counted, so that none is counted twice. */
  readonly coveredTo: number;
}

export const NOTHING_YET: SessionSummary = {
  steps: 0,
  loops: [],
  loopCount: 0,
  regimes: {},
  exactSteps: 0,
  patternSteps: 0,
  worstTier: "T1",
  coveredTo: 0,
};

const LISTED_LOOPS = 100;
const EXACT: ReadonlySet<Rule> = new Set(["periodic", "recurrence", "blind_write", "same_message"]);

/** Adds one assessment. What is not a new step adds nothing. */
export function summarize(summary: SessionSummary, assessment: Assessment): SessionSummary {
  const { step, regime, tier } = assessment;
  if (step <= summary.steps) return summary;
  const { pattern } = assessment;
  const alerts = assessment.publicClass === "hard_alert" && pattern !== undefined;
  return {
    ...summary,
    steps: step,
    regimes: { ...summary.regimes, [regime]: (summary.regimes[regime] ?? 0) + 1 },
    worstTier: tier > summary.worstTier ? tier : summary.worstTier,
    ...(alerts && withLoop(summary, assessment, pattern)),
  };
}

/** The regime of most steps; of the first of them when there are several. */
export function dominantRegime(summary: SessionSummary): Regime {
  let dominant: Regime = "WARMING_UP";
  let most = 0;
  // The keys of this record are regimes.
  for (const [regime, steps] of Object.entries(summary.regimes) as [Regime, number][]) {
    if (steps > most) {
      dominant = regime;
      most = steps;
    }
  }
  return dominant;
}

function withLoop(
  summary: SessionSummary,
  assessment: Assessment,
  pattern: Pattern,
): Partial<SessionSummary> {
  const { step } = assessment;
  const covered = step - Math.max(pattern.fromStep - 1, summary.coveredTo);
  return {
    ...listed(summary, assessment, pattern),
    exactSteps: summary.exactSteps + (EXACT.has(pattern.rule) ? covered : 0),
    patternSteps: summary.patternSteps + covered,
    coveredTo: step,
  };
}

function listed(
  summary: SessionSummary,
  assessment: Assessment,
  pattern: Pattern,
): Pick<SessionSummary, "loops" | "loopCount"> {
  const { step } = assessment;
  const { loops, loopCount } = summary;
  const last = loops.at(-1);
  if (assessment.eventType === "structural_loop_continues" && last !== undefined) {
    if (loopCount > LISTED_LOOPS) return { loops, loopCount };
    return {
      loops: [...loops.slice(0, -1), { ...last, ...longer(last, pattern), lastStep: step }],
      loopCount,
    };
  }
  if (loopCount >= LISTED_LOOPS) return { loops, loopCount: loopCount + 1 };
  const loop: Loop = { ...pattern, lastStep: step, alertStep: step };
  return { loops: [...loops, loop], loopCount: loopCount + 1 };
}

/** A loop keeps the name that it was first given, and grows with the rule that gave it. */
function longer(loop: Loop, pattern: Pattern): Partial<Loop> {
  const same = loop.rule === pattern.rule && loop.period === pattern.period;
  return same ? { cycles: Math.max(loop.cycles, pattern.cycles) } : {};
}
