/**
 * What of the structure lowered a score or made a regime unhealthy, where no rule found a loop: an
 * alert always names it.
 */
import { SLOT } from "../memory/layout.ts";
import { stepAt } from "../memory/moment.ts";
import { waitingSince } from "../rules/rings.ts";
import { countFact, FACT } from "../signals/history.ts";
import { isProbing } from "../signals/probe.ts";
import type { Run } from "../signals/run.ts";
import { answers, calls, failures, repeats, speeches } from "../signals/runs.ts";
import { errors } from "../signals/tries.ts";
import type { Regime } from "./regime.ts";
import { FULL_VARIETY, type Signals, scoresOf, udsOf } from "./uds.ts";

/** Their meanings are in docs/signals.md. */
export const WEAKNESSES = [
  "talk",
  "long_wait",
  "same_answers",
  "probing",
  "narrow_search",
  "repeats",
  "same_call",
  "failures",
  "one_kind_of_work",
  "little_new",
  "little_done",
] as const;
export type Weakness = (typeof WEAKNESSES)[number];

/** A weakness as it stands at this step, in the form of a finding. */
export interface Weak {
  readonly rule: Weakness;
  /** 1 where it is one thing again and again, 0 where it is many. */
  readonly period: number;
  /** How often: steps of the run, repeats among the last 16, or steps since the score fell. */
  readonly cycles: number;
  readonly fromStep: number;
}

const WINDOW = 16;
const FUNNEL = 10;
/** A weakness that costs the score less than this is none. */
const LEAST_COST = 0.03;

/** What made the regime unhealthy; undefined for a healthy one. */
export function weaknessOfRegime(
  slots: Float64Array,
  regime: Regime,
  signals: Signals,
): Weak | undefined {
  switch (regime) {
    case "REASONING_LOOP":
      return ofRun("talk", speeches, slots);
    case "STAGNATION":
      return ofRun("same_answers", answers, slots);
    case "FUNNEL_TRAP":
      return ofWindow("narrow_search", FUNNEL, FUNNEL, signals.number);
    case "GRIND":
      return weaknessOfGrind(slots, signals);
    default:
      return undefined;
  }
}

function weaknessOfGrind(slots: Float64Array, { number: step }: Signals): Weak {
  const waitsSince = waitingSince(slots);
  if (waitsSince !== undefined) {
    return { rule: "long_wait", period: 1, cycles: step - waitsSince + 1, fromStep: waitsSince };
  }
  const repeated = countFact(slots, FACT.stale, WINDOW);
  if (isProbing(slots)) return ofWindow("probing", WINDOW, repeated, step);
  if (errors.length(slots) >= 3) return ofRun("failures", errors, slots);
  return ofRepeats(slots, step);
}

/** What costs the score most first; nothing where little would be gained. */
export function weaknessesOfScore(slots: Float64Array, signals: Signals): readonly Weak[] {
  const score = scoreOf(signals);
  // One copy for all: this is asked at each step of a session that is not good.
  const cured: { -readonly [K in keyof Signals]: Signals[K] } = { ...signals };
  const costly: { readonly find: Find; readonly cost: number }[] = [];
  for (const [find, signal, cure] of CURES) {
    cured[signal] = cure;
    const cost = scoreOf(cured) - score;
    cured[signal] = signals[signal];
    if (cost >= LEAST_COST) costly.push({ find, cost });
  }
  return costly.sort((one, other) => other.cost - one.cost).map(({ find }) => find(slots, signals));
}

type Find = (slots: Float64Array, signals: Signals) => Weak;
type Curable = "substance" | "novelty" | "variety" | "repeatShare" | "longestRun";

/** Each weakness with what one signal would be without it. */
const CURES: readonly (readonly [find: Find, signal: Curable, cure: number])[] = [
  [sinceLowered("little_done"), "substance", 1],
  [sinceLowered("little_new"), "novelty", 1],
  [sinceLowered("one_kind_of_work"), "variety", 1 + FULL_VARIETY],
  [(slots, { number: step }) => ofRepeats(slots, step), "repeatShare", 0],
  [longestRun, "longestRun", 0],
];

function scoreOf(signals: Signals): number {
  return udsOf(scoresOf(signals), signals);
}

function sinceLowered(rule: Weakness): Find {
  return (slots, { number: step }) => {
    const fromStep = stepAt(slots[SLOT.lowered] ?? 0) || step;
    return { rule, period: 0, cycles: step - fromStep + 1, fromStep };
  };
}

/** Which of the runs that the score knows is the longest. */
function longestRun(slots: Float64Array, { number: step }: Signals): Weak {
  const longest = Math.max(calls.length(slots), failures.length(slots)) - 1;
  if (repeats.length(slots) >= longest) return ofRepeats(slots, step);
  return failures.length(slots) > calls.length(slots)
    ? { ...ofRun("failures", failures, slots), period: 0 }
    : ofRun("same_call", calls, slots);
}

function ofRepeats(slots: Float64Array, step: number): Weak {
  const run = repeats.length(slots);
  const share = countFact(slots, FACT.stale, WINDOW);
  return run >= share
    ? { ...ofRun("repeats", repeats, slots), period: 0 }
    : ofWindow("repeats", WINDOW, share, step);
}

function ofRun(rule: Weakness, run: Run, slots: Float64Array): Weak {
  return { rule, period: 1, cycles: run.length(slots), fromStep: run.firstStep(slots) };
}

function ofWindow(rule: Weakness, window: number, cycles: number, step: number): Weak {
  return { rule, period: 0, cycles, fromStep: Math.max(1, step - window + 1) };
}
