/** Exact tests of how often something rare happens. */

/**
 * How likely at least so many marked ones are among some drawn at random (hypergeometric; Fisher's
 * exact test, one-sided).
 *
 * @param marked how many of the drawn ones are marked, at least
 * @param drawn how many are drawn
 * @param allMarked how many of all are marked
 * @param all how many there are
 */
export function atLeast(marked: number, drawn: number, allMarked: number, all: number): number {
  // So many are marked in any case.
  const fewest = Math.max(0, drawn - (all - allMarked));
  if (marked <= fewest) return 1;
  let chance = exactly(marked, drawn, allMarked, all);
  let sum = chance;
  for (let k = marked; k < drawn && k < allMarked; k++) {
    const others = all - allMarked - drawn + k + 1;
    chance *= ((allMarked - k) * (drawn - k)) / ((k + 1) * others);
    sum += chance;
  }
  return Math.min(1, sum);
}

/** The same for at most so many. */
export function atMost(marked: number, drawn: number, allMarked: number, all: number): number {
  return atLeast(drawn - marked, drawn, all - allMarked, all);
}

function exactly(marked: number, drawn: number, allMarked: number, all: number): number {
  let chance = 1;
  for (let i = 0; i < marked; i++) {
    chance *= (((drawn - i) / (i + 1)) * (allMarked - i)) / (all - i);
  }
  for (let i = 0; i < drawn - marked; i++) {
    chance *= (all - allMarked - i) / (all - marked - i);
  }
  return Math.max(0, chance);
}

/** What is believed of a rate: so many times it happened, and so many times it did not. */
export interface Belief {
  readonly happened: number;
  readonly not: number;
}

/** How likely at least `count` of `sessions` are under a belief (beta-binomial). */
export function atLeastBelieved(count: number, sessions: number, belief: Belief): number {
  const { happened, not } = belief;
  let chance = 1;
  for (let i = 0; i < sessions; i++) chance *= (not + i) / (happened + not + i);
  let below = 0;
  for (let k = 0; k < count; k++) {
    below += chance;
    chance *= (((sessions - k) / (k + 1)) * (happened + k)) / (not + sessions - k - 1);
  }
  return Math.max(0, 1 - below);
}
