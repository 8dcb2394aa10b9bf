/**
 * Weights of failure_risk, version 1. Written by bench/health/fit.ts on 2026-11-21; do not edit.
 *
 * Data: 2853 sessions with a known outcome. AUC at the last step, on tasks that were not fitted:
 * - intercode 0.91 (1891 sessions)
 * - mini-swe-verified 0.50 (313 sessions)
 * - tau / tau2 0.54 (530 sessions)
 * - terminal-bench-mini 0.41 (119 sessions)
 *
 * 0.5 is chance: on strong coding agents structure says next to nothing about the outcome.
 */
export const WEIGHTS = {
  bias: -0.81,
  length: 0.31,
  failing: 0.7,
  failingLately: 0.82,
  repeats: 0.68,
  repeatsLately: 0.51,
  oldAnswersLately: 0.15,
  emptyAnswers: 1.76,
  longestRun: 1.44,
  errorRun: 0.67,
  looping: 0.51,
  looped: 0.72,
  sinceNewWrite: 0.05,
  writesLately: 0,
  monotony: 0.46,
  lowNovelty: 0.37,
  lowSubstance: 0,
} as const;
