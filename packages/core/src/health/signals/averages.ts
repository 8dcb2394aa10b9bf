import { SLOT } from "../memory/layout.ts";

/** Steps after which an average no longer weighs all of them alike. */
const EARLY_STEPS = 8;
const WEIGHT = 0.12;

/** A session is taken to be new and substantial until its steps say otherwise. */
export function beginAverages(memory: Float64Array): void {
  memory[SLOT.averages] = 1;
  memory[SLOT.averages + 1] = 1;
}

/** Moving average of "this step is new". */
export function novelty(memory: Float64Array): number {
  return memory[SLOT.averages] ?? 1;
}

/** Moving average of how much the steps did. */
export function averageSubstance(memory: Float64Array): number {
  return memory[SLOT.averages + 1] ?? 1;
}

export function learnNovelty(memory: Float64Array, isNew: number, stepsBefore: number): void {
  memory[SLOT.averages] = moved(novelty(memory), isNew, stepsBefore);
}

export function learnSubstance(memory: Float64Array, substance: number, stepsBefore: number): void {
  memory[SLOT.averages + 1] = moved(averageSubstance(memory), substance, stepsBefore);
}

function moved(average: number, value: number, stepsBefore: number): number {
  const weight = stepsBefore < EARLY_STEPS ? 1 / (stepsBefore + 2) : WEIGHT;
  return average + weight * (value - average);
}
