/** What sessions come to, in numbers, on two sides. */
import { MIN_SESSIONS } from "../gate/gate-limits.ts";
import { callsNotNamed } from "../profile/not-named.ts";
import type { SessionProfile } from "../profile/session-profile.ts";
import { type Estimate, quantile, shift } from "../statistics/intervals.ts";

/** What is counted of a session. */
export const FIGURES = [
  "steps",
  "tools",
  "loops",
  "loopSteps",
  "failures",
  "retries",
  "denied",
  "unanswered",
  "tokens",
  "costUsd",
  "tookMs",
] as const;
export type FigureName = (typeof FIGURES)[number];

/** What each is called, for people. */
const WORDS: Readonly<Record<FigureName, string>> = {
  steps: "steps",
  tools: "different tools",
  loops: "loops",
  loopSteps: "steps in loops",
  failures: "failed calls",
  retries: "retries",
  denied: "denied calls",
  unanswered: "calls without an answer",
  tokens: "tokens",
  costUsd: "cost",
  tookMs: "first to last record",
};

/** One figure over the sessions of one side; of one session it is that session's. */
export interface FigureSide {
  readonly mean: number;
  readonly median: number;
  /** Of how many sessions it is known. */
  readonly known: number;
}

export interface FigureDifference {
  readonly figure: FigureName;
  readonly words: string;
  /** Null where it is known of no session. */
  readonly a: FigureSide | null;
  readonly b: FigureSide | null;
  /** Mean of B minus mean of A; null where either is not known. */
  readonly difference: number | null;
  /**
   * By how much a session of B differs from one of A, typically, with its interval at 95 %; null where
   * it is known of fewer than 20 sessions of a side.
   */
  readonly typical: Estimate | null;
}

const NANO_USD = 1e9;
/** Quantile of the normal distribution: 95 % lie between this and its negative. */
export const Z_95 = 1.959963985;
/** Pairs are compared; newer sessions come first, and more narrow the interval little. */
const MOST_COMPARED = 300;

const VALUES: Readonly<Record<FigureName, (profile: SessionProfile) => number | undefined>> = {
  steps: ({ steps }) => steps,
  tools: ({ structure }) => (callsNotNamed(structure) > 0 ? undefined : structure.tools.length),
  loops: ({ loops }) => loops,
  loopSteps: ({ loopSteps }) => loopSteps,
  failures: ({ structure }) => structure.failures,
  retries: ({ structure }) => structure.retries,
  denied: ({ structure }) => structure.denied,
  unanswered: ({ structure }) => structure.pending,
  tokens: ({ tokens }) => tokens,
  costUsd: ({ costNanoUsd }) => costNanoUsd && costNanoUsd / NANO_USD,
  tookMs: tookMsOf,
};

/** From the first record to the last. Where nobody keeps times, all of them are one. */
function tookMsOf({ startedMs, endedMs, steps }: SessionProfile): number | undefined {
  return endedMs <= startedMs && steps > 1 ? undefined : Math.max(0, endedMs - startedMs);
}

/** @param a sessions of one side, the newest first */
export function compareFigures(
  a: readonly SessionProfile[],
  b: readonly SessionProfile[],
): readonly FigureDifference[] {
  return FIGURES.map((figure) => {
    const [first, second] = [valuesOf(a, figure), valuesOf(b, figure)];
    const [one, other] = [sideOf(first), sideOf(second)];
    const isEnough = Math.min(first.length, second.length) >= MIN_SESSIONS;
    return {
      figure,
      words: WORDS[figure],
      a: one,
      b: other,
      difference: one === null || other === null ? null : other.mean - one.mean,
      typical: isEnough ? shift(newest(first), newest(second), Z_95) : null,
    };
  });
}

function valuesOf(profiles: readonly SessionProfile[], figure: FigureName): readonly number[] {
  return profiles.flatMap((profile) => VALUES[figure](profile) ?? []);
}

function newest(values: readonly number[]): readonly number[] {
  return values.slice(0, MOST_COMPARED);
}

function sideOf(values: readonly number[]): FigureSide | null {
  if (values.length === 0) return null;
  const sorted = values.toSorted((one, other) => one - other);
  const sum = sorted.reduce((total, value) => total + value, 0);
  return { mean: sum / values.length, median: quantile(sorted, 0.5), known: values.length };
}
