/**
 * Weights of failure_risk, version 2. Written by bench/health/fit.ts on 2026-11-28; do not edit.
 *
 * Data: 1077 sessions of the kind of work of which a risk is told, with a known
 * outcome. AUC at the last step, of each source by weights that were fitted on the others, with the
 * interval of 95 %:
 * - intercode-bash 0.85 (0.73 to 0.95; 185 sessions)
 * - intercode-sql 0.97 (0.96 to 0.98; 892 sessions)
 * - all sources alike: 0.91
 *
 * 0.5 is chance: of other kinds of work structure says nothing about the outcome, and null is told.
 */
export const WEIGHTS = {
  bias: 0,
  length: 0.34,
  failing: 0.34,
  failingLately: 0.46,
  repeats: 0.2,
  repeatsLately: 0.2,
  oldAnswersLately: 2.7,
  emptyAnswers: 0.15,
  longestRun: 1.66,
  errorRun: 1.26,
  looping: 0.32,
  looped: 0.08,
  sinceNewWrite: 0.34,
  writesLately: 0,
  monotony: 0,
  lowNovelty: 0.21,
  lowSubstance: 0.58,
} as const;
