/** How often the gate finds loops that became more frequent: computed over all outcomes, not sampled. */
import { chanceOfMore } from "@caum/workflows";

const CANDIDATE = 200;
const GROWTH = 0.05;
const ALARM = 0.05;

export const POWER_SIZES = [200, 500, 1_000, 2_000] as const;
export const POWER_SHARES = [0.01, 0.02, 0.05, 0.1, 0.3] as const;

export interface Rates {
  /** How often something is found although nothing changed. */
  readonly falseAlarms: number;
  /** How often 5 points more are found. */
  readonly found: number;
}

/** @param share of the baseline's sessions that have a loop */
export function ratesOf(baseline: number, share: number): Rates {
  const before = binomial(baseline, share);
  const same = binomial(CANDIDATE, share);
  const worse = binomial(CANDIDATE, share + GROWTH);
  let [falseAlarms, found] = [0, 0];
  for (const [count, likelihood] of before.entries()) {
    if (likelihood < 1e-9) continue;
    for (let more = firstFound(count, baseline); more <= CANDIDATE; more++) {
      falseAlarms += likelihood * (same[more] ?? 0);
      found += likelihood * (worse[more] ?? 0);
    }
  }
  return { falseAlarms, found };
}

/** The fewest looping sessions of the candidate that are found; more are found as well. */
function firstFound(count: number, of: number): number {
  let [low, high] = [0, CANDIDATE + 1];
  while (low < high) {
    const middle = Math.floor((low + high) / 2);
    const chance = chanceOfMore({ count, of }, { count: middle, of: CANDIDATE });
    if (chance < ALARM) high = middle;
    else low = middle + 1;
  }
  return low;
}

function binomial(of: number, share: number): readonly number[] {
  let log = of * Math.log(1 - share);
  return Array.from({ length: of + 1 }, (_, count) => {
    if (count > 0) log += Math.log(((of - count + 1) * share) / (count * (1 - share)));
    return Math.exp(log);
  });
}
