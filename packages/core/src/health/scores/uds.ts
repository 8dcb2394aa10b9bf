/** The three coherences of a session and the score made of them, each from 0 to 1. */
export interface Scores {
  /** Tool coherence: many kinds of work, new steps. */
  readonly tcr: number;
  /** Execution substance: the steps do something. */
  readonly esr: number;
  /** Structural coherence: the steps do not go over the same ground. */
  readonly sci: number;
}

/** What the scores are made of. */
export interface Signals {
  /** Steps of the agent so far. */
  readonly step: number;
  /** Number of the latest of them in the session. */
  readonly number: number;
  /** Effective number of kinds of work; see signals/variety.ts. */
  readonly variety: number;
  readonly novelty: number;
  readonly substance: number;
  /** Share of repeats in the last 16 steps. */
  readonly repeatShare: number;
  /** Longest of the runs that stand: same call, failing, repeats; each counted as repeats. */
  readonly longestRun: number;
  /** A hard rule stands. */
  readonly looping: boolean;
  /** Steps for which the regime has been one that gets nowhere. */
  readonly stuckSteps: number;
  /** Changes among the last 12 steps. */
  readonly writes: number;
}

/** Kinds of work, beyond the first, that make a session as varied as it can be. */
export const FULL_VARIETY = 1.8;
const RUN_LIMIT = 4;
const LOOP_FACTOR = 0.3;
const HIGHEST_LOOPING = 0.29;
/** What gets nowhere for so many steps is below T2, and later, if nothing is changed meanwhile, T3. */
const STUCK = { steps: 5, highest: 0.69 } as const;
const LONG_STUCK = { steps: 12, highest: 0.49, mostWrites: 1 } as const;
/** One kind of work and nothing else, for so many steps, is below T2. */
const MONOTONY = { steps: 16, highest: 0.69 } as const;
/** Before this step a session is taken to be good, but not excellent. */
const SHORT = 5;
const SHORT_SCORE = 0.8;
const HIGHEST_SHORT = 0.84;

export function scoresOf(signals: Signals): Scores {
  const variety = clip(0.25 + (0.75 * (signals.variety - 1)) / FULL_VARIETY);
  const run = Math.min(1, signals.longestRun / RUN_LIMIT);
  const coherence = 1 - 0.55 * signals.repeatShare - 0.45 * run;
  return {
    tcr: variety * (0.5 + 0.5 * signals.novelty),
    esr: clip(1.15 * signals.substance),
    sci: clip(coherence) * (signals.looping ? LOOP_FACTOR : 1),
  };
}

/** Unified detection score: one number for how sound the structure of the session is. */
export function udsOf(scores: Scores, signals: Capping): number {
  const score = clip(combine(scores));
  if (signals.looping) return Math.min(score, HIGHEST_LOOPING);
  if (signals.step >= SHORT) return Math.min(score, highestScore(signals));
  const pull = (SHORT - signals.step) / SHORT;
  return Math.min(pull * SHORT_SCORE + (1 - pull) * score, HIGHEST_SHORT);
}

/** What holds a score down, whatever it is made of. */
type Capping = Pick<Signals, "step" | "looping" | "stuckSteps" | "variety" | "writes">;

function highestScore({ step, stuckSteps, variety, writes }: Capping): number {
  const isLongStuck = stuckSteps >= LONG_STUCK.steps && writes <= LONG_STUCK.mostWrites;
  if (isLongStuck) return LONG_STUCK.highest;
  if (stuckSteps >= STUCK.steps) return STUCK.highest;
  return variety === 1 && step >= MONOTONY.steps ? MONOTONY.highest : 1;
}

/** Without substance at most 0.30; without coherence at most 0.70. */
export function combine(scores: Scores): number {
  return 0.3 * scores.tcr + 0.4 * scores.esr + 0.3 * (scores.sci * scores.esr);
}

function clip(value: number): number {
  return Math.min(1, Math.max(0, value));
}
