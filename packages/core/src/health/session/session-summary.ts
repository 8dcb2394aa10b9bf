import type { Assessment, Pattern } from "../assessment.ts";
import type { Regime } from "../scores/regime.ts";
import type { Tier } from "../scores/tier.ts";

/** A loop of a session, from its first step to the last at which it stood. */
export interface Loop extends Pattern {
  readonly lastStep: number;
  /** Step of the alert. */
  readonly alertStep: number;
  /** What was spent from its first step to its last, as far as somebody said. */
  readonly costNanoUsd: number;
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
  /** What was spent in loops. */
  readonly loopCostNanoUsd: number;
  /** Last step of a loop that was counted, so that none is counted twice. */
  readonly coveredTo: number;
  /** What the session had cost at its latest steps, where that changed, oldest first. */
  readonly spent: readonly Spent[];
}

/** A step, and what the session had cost by then, in nano-dollars. */
type Spent = readonly [step: number, costNanoUsd: number];

export const NOTHING_YET: SessionSummary = {
  steps: 0,
  loops: [],
  loopCount: 0,
  regimes: {},
  exactSteps: 0,
  patternSteps: 0,
  worstTier: "T1",
  loopCostNanoUsd: 0,
  coveredTo: 0,
  spent: [],
};

const LISTED_LOOPS = 100;
/** A loop is found within so many steps of its first. */
const SPENT_KEPT = 64;
const EXACT: ReadonlySet<Pattern["rule"]> = new Set([
  "periodic",
  "recurrence",
  "blind_write",
  "same_message",
]);

/**
 * Adds one assessment. What is not a new step adds nothing but its cost. Steps that are counted from
 * the start again are those of a fuller layer: what was found on the lesser one no longer stands.
 *
 * @param costNanoUsd what the record cost that was assessed
 */
export function summarize(
  summary: SessionSummary,
  assessment: Assessment,
  costNanoUsd = 0,
): SessionSummary {
  const { step, regime, tier, pattern } = assessment;
  const before = withCost(step < summary.steps ? NOTHING_YET : summary, step, costNanoUsd);
  if (step === before.steps) return before;
  const alerts = assessment.publicClass === "hard_alert" && pattern !== undefined;
  return {
    ...before,
    steps: step,
    regimes: { ...before.regimes, [regime]: (before.regimes[regime] ?? 0) + 1 },
    worstTier: tier > before.worstTier ? tier : before.worstTier,
    ...(alerts && withLoop(before, assessment, pattern)),
  };
}

/** Nothing is kept of sessions of which nobody says what they cost. */
function withCost(summary: SessionSummary, step: number, costNanoUsd: number): SessionSummary {
  if (!(costNanoUsd > 0)) return summary;
  const { spent } = summary;
  const total = Math.min(costOf(summary) + costNanoUsd, Number.MAX_SAFE_INTEGER);
  // What comes before a step belongs to it: a model turn asks for the call that follows.
  const at = step === summary.steps ? step + 1 : step;
  const kept = spent.at(-1)?.[0] === at ? spent.slice(0, -1) : spent.slice(1 - SPENT_KEPT);
  return { ...summary, spent: [...kept, [at, total]] };
}

/** What all records cost that were summarized. */
function costOf({ spent }: SessionSummary): number {
  return spent.at(-1)?.[1] ?? 0;
}

/** What was spent after a step. */
function spentSince(summary: SessionSummary, step: number): number {
  const { spent } = summary;
  const then = spent.findLast(([at]) => at <= step);
  // Of a step that is forgotten, what is known of the oldest is the nearest.
  const forgotten = spent.length < SPENT_KEPT ? 0 : (spent[0]?.[1] ?? 0);
  return costOf(summary) - (then?.[1] ?? forgotten);
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
  const before = Math.max(pattern.fromStep - 1, summary.coveredTo);
  const covered = step - before;
  const cost = spentSince(summary, before);
  return {
    ...listed(summary, assessment, pattern, cost),
    loopCostNanoUsd: summary.loopCostNanoUsd + cost,
    exactSteps: summary.exactSteps + (EXACT.has(pattern.rule) ? covered : 0),
    patternSteps: summary.patternSteps + covered,
    coveredTo: step,
  };
}

function listed(
  summary: SessionSummary,
  assessment: Assessment,
  pattern: Pattern,
  costNanoUsd: number,
): Pick<SessionSummary, "loops" | "loopCount"> {
  const { step } = assessment;
  const { loops, loopCount } = summary;
  const last = loops.at(-1);
  if (assessment.eventType === "structural_loop_continues" && last !== undefined) {
    if (loopCount > LISTED_LOOPS) return { loops, loopCount };
    return {
      loops: [
        ...loops.slice(0, -1),
        {
          ...last,
          ...longer(last, pattern),
          lastStep: step,
          costNanoUsd: last.costNanoUsd + costNanoUsd,
        },
      ],
      loopCount,
    };
  }
  if (loopCount >= LISTED_LOOPS) return { loops, loopCount: loopCount + 1 };
  const loop: Loop = { ...pattern, lastStep: step, alertStep: step, costNanoUsd };
  return { loops: [...loops, loop], loopCount: loopCount + 1 };
}

/** A loop keeps the name that it was first given, and grows with the rule that gave it. */
function longer(loop: Loop, pattern: Pattern): Partial<Loop> {
  const same = loop.rule === pattern.rule && loop.period === pattern.period;
  return same ? { cycles: Math.max(loop.cycles, pattern.cycles) } : {};
}
