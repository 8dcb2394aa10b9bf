/**
 * Intervals that need no random numbers and assume no distribution of the sessions. Only + - * / and
 * the square root are used, so that the same sessions give the same figures on every machine.
 */

/** An estimate and the interval around it. */
export interface Estimate {
  readonly estimate: number;
  readonly low: number;
  readonly high: number;
}

/**
 * Wilson's score interval of a share.
 *
 * @param z quantile of the normal distribution, for example 1.96
 * @see Wilson (1927); Newcombe (1998), method 3
 */
export function shareInterval(count: number, of: number, z: number): Estimate {
  const share = count / of;
  const squared = z * z;
  const middle = 2 * count + squared;
  const spread = z * Math.sqrt(squared + 4 * count * (1 - share));
  const scale = 2 * (of + squared);
  return {
    estimate: share,
    low: Math.max(0, (middle - spread) / scale),
    high: Math.min(1, (middle + spread) / scale),
  };
}

/**
 * Newcombe's interval of the difference of two independent shares, second minus first.
 *
 * @see Newcombe (1998), method 10
 */
export function shareDifference(first: Estimate, second: Estimate): Estimate {
  const estimate = second.estimate - first.estimate;
  const down = distance(second.estimate - second.low, first.high - first.estimate);
  const up = distance(second.high - second.estimate, first.estimate - first.low);
  return { estimate, low: estimate - down, high: estimate + up };
}

function distance(one: number, other: number): number {
  return Math.sqrt(one * one + other * other);
}

/**
 * Hodges and Lehmann's estimate of a difference: the median of all differences between a value of
 * the second sample and one of the first, with the interval that the rank-sum test gives for it.
 *
 * Extreme sessions move it little. The interval is exact for shifts of a distribution and errs on
 * the wide side with ties; its rank comes from the normal approximation, for samples of 20 or more.
 *
 * @see Hollander, Wolfe & Chicken (2014), section 4.3
 */
export function shift(first: readonly number[], second: readonly number[], z: number): Estimate {
  const differences = new Float64Array(first.length * second.length);
  let at = 0;
  for (const one of first) {
    for (const other of second) differences[at++] = other - one;
  }
  differences.sort();
  const pairs = differences.length;
  const spread = z * Math.sqrt((pairs * (first.length + second.length + 1)) / 12);
  const cut = Math.max(0, Math.floor(pairs / 2 - spread) - 1);
  return {
    estimate: quantile(differences, 0.5),
    low: differences[cut] ?? 0,
    high: differences[pairs - 1 - cut] ?? 0,
  };
}

/** @param sorted in ascending order, at least one; between two values their weighted mean */
export function quantile(sorted: ArrayLike<number>, share: number): number {
  const place = (sorted.length - 1) * share;
  const below = Math.floor(place);
  const low = sorted[below] ?? 0;
  const high = sorted[Math.min(below + 1, sorted.length - 1)] ?? low;
  return low + (high - low) * (place - below);
}
