import { countFact, FACT } from "../signals/history.ts";
import { isProbing } from "../signals/probe.ts";
import { answers, repeats, speeches } from "../signals/runs.ts";
import { errors } from "../signals/tries.ts";
import { varietyOf } from "../signals/variety.ts";
import { qualityOf } from "../trace-quality.ts";
import { TIRESOME_CYCLES } from "../wait/wait-hold.ts";
import type { Regime } from "./regime.ts";

/** What decides the regime, beside the packed memory. */
export interface Situation {
  readonly step: number;
  readonly variety: number;
  readonly novelty: number;
  readonly substance: number;
  /** Cycles of a believed wait, 0 when there is none. */
  readonly waiting: number;
  /** A hard rule stands; `talk` when it found nothing but messages and turns. */
  readonly loop: "none" | "talk" | "calls";
  /** A rule stands for review only. */
  readonly suspected: boolean;
}

const WARM_STEPS = 5;
const TALK_STEPS = 4;
const SAME_ANSWERS = 5;
/** Steps that a funnel takes to show; more would see the varied work before it. */
const FUNNEL = 10;
const RECENT = 20;
const WINDOW = 16;

/** The first regime whose condition holds, worst first. */
export function classify(memory: Float64Array, situation: Situation): Regime {
  return troubleOf(memory, situation) ?? progressOf(memory, situation);
}

function troubleOf(memory: Float64Array, situation: Situation): Regime | undefined {
  if (situation.loop === "calls") return "LOOP";
  if (situation.loop === "talk") return "REASONING_LOOP";
  if (speeches.length(memory) >= TALK_STEPS) return "REASONING_LOOP";
  // A wait repeats itself by nature: it is ordinary until it gets long.
  if (situation.waiting > 0) return situation.waiting >= TIRESOME_CYCLES ? "GRIND" : undefined;
  if (answers.length(memory) >= SAME_ANSWERS) return "STAGNATION";
  if (isProbing(memory)) return "GRIND";
  if (isFunnel(memory, situation)) return "FUNNEL_TRAP";
  return isGrinding(memory, situation) ? "GRIND" : undefined;
}

/** Lately one kind of work, ever new calls, ever the same answers, and nothing comes of it. */
function isFunnel(memory: Float64Array, situation: Situation): boolean {
  if (situation.step < FUNNEL) return false;
  const newAnswers = countFact(memory, FACT.newAnswer, FUNNEL);
  const known = newAnswers + countFact(memory, FACT.oldAnswer, FUNNEL);
  return (
    newAnswers < 0.45 * known &&
    countFact(memory, FACT.newCall, FUNNEL) > 0.5 * known &&
    countFact(memory, FACT.write, FUNNEL) <= 1 &&
    varietyOf(memory, FUNNEL) < 1.25
  );
}

function isGrinding(memory: Float64Array, situation: Situation): boolean {
  if (situation.suspected) return true;
  if (repeats.length(memory) >= 4 || errors.length(memory) >= 3) return true;
  return countFact(memory, FACT.stale, WINDOW) > WINDOW / 2;
}

function progressOf(memory: Float64Array, situation: Situation): Regime {
  if (situation.step < WARM_STEPS) return "WARMING_UP";
  const length = Math.min(situation.step, RECENT);
  if (countFact(memory, FACT.write, RECENT) > 0.35 * length && situation.novelty > 0.7)
    return "EXPANSION";
  if (situation.variety >= 2.3 && situation.novelty > 0.75) return "EXPLORER";
  const isKnown = qualityOf(memory) !== "labels";
  if (isKnown && situation.novelty > 0.8 && situation.substance > 0.7) return "LINEAR_PROGRESS";
  return "STABLE";
}
