import { WEIGHTS } from "./failure-risk-weights.ts";
import { UNKNOWN } from "./memory/key.ts";
import { SLOT } from "./memory/layout.ts";
import type { Signals } from "./scores/uds.ts";
import { countFact, FACT } from "./signals/history.ts";
import { errors } from "./signals/tries.ts";
import type { StepIdentity } from "./step/identity.ts";
import type { Step } from "./step/step.ts";
import type { Recognition } from "./step/substance.ts";
import { has, TRAIT } from "./step/trait.ts";

/** Names of the features, in the order of the weights. */
export const FEATURES = [
  "length",
  "failing",
  "failingLately",
  "repeats",
  "repeatsLately",
  "oldAnswersLately",
  "emptyAnswers",
  "longestRun",
  "errorRun",
  "looping",
  "looped",
  "sinceNewWrite",
  "writesLately",
  "monotony",
  "lowNovelty",
  "lowSubstance",
] as const;

export type Features = Readonly<Record<(typeof FEATURES)[number], number>>;

/** Steps at which half of the "long session" feature is reached. */
const HALF_LENGTH = 15;
const RECENT = 16;

const FAILING = SLOT.risk;
const FAILING_LATELY = SLOT.risk + 1;
const REPEATS = SLOT.risk + 2;
const EMPTY = SLOT.risk + 3;
const LAST_NEW_WRITE = SLOT.risk + 4;
const CALLS = SLOT.risk + 5;
const UNNAMED_CALLS = SLOT.risk + 6;
const WRITES = SLOT.risk + 7;
const DIALOGUE = SLOT.risk + 8;

/** Why there is no failure_risk: see docs/decisions/0088-no-number-without-meaning.md. */
export const UNKNOWN_RISKS = ["too_early", "dialogue", "unproven_work"] as const;
export type UnknownRisk = (typeof UNKNOWN_RISKS)[number];

const FEWEST_CALLS = 5;
const LEAST_UNNAMED = 0.5;
const MOST_WRITES = 0.1;

/** Counts what the features are made of. */
export function learnRisk(
  memory: Float64Array,
  identity: StepIdentity,
  recognition: Recognition,
): void {
  const failing = has(identity.traits, TRAIT.failing) ? 1 : 0;
  const before = memory[FAILING_LATELY] ?? 0;
  memory[FAILING] = (memory[FAILING] ?? 0) + failing;
  memory[FAILING_LATELY] = before + 0.12 * (failing - before);
  if (recognition.isRepeat) memory[REPEATS] = (memory[REPEATS] ?? 0) + 1;
  if (identity.answer !== UNKNOWN && identity.empty) memory[EMPTY] = (memory[EMPTY] ?? 0) + 1;
  const writes = has(identity.traits, TRAIT.write) && failing === 0;
  if (writes && !recognition.isRepeat) memory[LAST_NEW_WRITE] = memory[SLOT.steps] ?? 0;
}

/** What kind of work it is: which calls are of no named operation, and which change something. */
export function noteKind(memory: Float64Array, { op = "other" }: Pick<Step, "op">): void {
  memory[CALLS] = (memory[CALLS] ?? 0) + 1;
  if (op === "other") memory[UNNAMED_CALLS] = (memory[UNNAMED_CALLS] ?? 0) + 1;
  if (op === "write") memory[WRITES] = (memory[WRITES] ?? 0) + 1;
}

/** A user who speaks after the work has begun takes part in it. */
export function noteDialogue(memory: Float64Array): void {
  if ((memory[SLOT.steps] ?? 0) > 0) memory[DIALOGUE] = 1;
}

/**
 * Why nothing is known of the outcome. Structure has told it apart in one kind of work only: queries
 * and single commands, one after the other, that hardly change anything and that nobody steers.
 */
export function unknownRisk(memory: Float64Array): UnknownRisk | undefined {
  const calls = memory[CALLS] ?? 0;
  if (memory[DIALOGUE] === 1) return "dialogue";
  if (calls < FEWEST_CALLS) return "too_early";
  const isQueries = (memory[UNNAMED_CALLS] ?? 0) >= LEAST_UNNAMED * calls;
  return isQueries && (memory[WRITES] ?? 0) <= MOST_WRITES * calls ? undefined : "unproven_work";
}

/** What failure_risk is a function of: each from 0 to 1, from this step and earlier ones. */
export function featuresOf(memory: Float64Array, signals: Signals): Features {
  const step = Math.max(1, signals.step);
  const recent = Math.min(step, RECENT);
  const answered =
    countFact(memory, FACT.oldAnswer, RECENT) + countFact(memory, FACT.newAnswer, RECENT);
  const idle = step - (memory[LAST_NEW_WRITE] ?? 0);
  return {
    length: step / (step + HALF_LENGTH),
    failing: (memory[FAILING] ?? 0) / step,
    failingLately: memory[FAILING_LATELY] ?? 0,
    repeats: (memory[REPEATS] ?? 0) / step,
    repeatsLately: signals.repeatShare,
    oldAnswersLately: answered === 0 ? 0 : countFact(memory, FACT.oldAnswer, RECENT) / answered,
    emptyAnswers: (memory[EMPTY] ?? 0) / step,
    longestRun: Math.min(1, signals.longestRun / 8),
    errorRun: Math.min(1, errors.length(memory) / 8),
    looping: signals.looping ? 1 : 0,
    looped: memory[SLOT.looped] ?? 0,
    sinceNewWrite: idle / (idle + HALF_LENGTH),
    writesLately: countFact(memory, FACT.write, RECENT) / recent,
    monotony: 1 / signals.variety,
    lowNovelty: 1 - signals.novelty,
    lowSubstance: 1 - signals.substance,
  };
}

/** One global function of the features; monotone in each, from 0 to 1. */
export function failureRisk(features: Features): number {
  let z = WEIGHTS.bias;
  for (const name of FEATURES) z += WEIGHTS[name] * features[name];
  return squash(z);
}

/**
 * Close to the logistic function, and exact: only + - * and / are used, whose results every machine
 * agrees on to the last bit.
 */
export function squash(z: number): number {
  const t = Math.min(3, Math.max(-3, z / 2));
  return 0.5 + (0.5 * t * (27 + t * t)) / (27 + 9 * t * t);
}
