/** Figures of a few sessions, with an interval that covers the truth in 95 of 100 cases. */

export interface IntervalEstimate {
  readonly value: number;
  readonly low: number;
  readonly high: number;
}

/** The normal quantile for 95 %, two-sided. */
const Z = 1.96;

/**
 * A share, of which each session has a part from 0 to 1 (Wilson's interval). Parts vary less than
 * yes and no do, so the interval is wide enough.
 *
 * @param sessions at least one
 */
export function shareEstimate(sum: number, sessions: number): IntervalEstimate {
  const share = sum / sessions;
  const z2 = Z * Z;
  const middle = (share + z2 / (2 * sessions)) / (1 + z2 / sessions);
  const spread = (share * (1 - share)) / sessions + z2 / (4 * sessions * sessions);
  const half = (Z * Math.sqrt(spread)) / (1 + z2 / sessions);
  return { value: share, low: Math.max(0, middle - half), high: Math.min(1, middle + half) };
}

/**
 * The median, between two of the values: by their ranks, whatever they are spread like.
 *
 * @param values at least one
 */
export function medianEstimate(values: readonly number[]): IntervalEstimate {
  const sorted = values.toSorted((one, other) => one - other);
  const count = sorted.length;
  const rank = Math.max(0, Math.floor(count / 2 - (Z / 2) * Math.sqrt(count)));
  const at = (place: number) => sorted[Math.min(Math.max(0, place), count - 1)] ?? 0;
  const value = (at(Math.floor((count - 1) / 2)) + at(Math.floor(count / 2))) / 2;
  return { value, low: at(rank), high: at(count - 1 - rank) };
}

/**
 * The mean, with close to Student's quantile for few values.
 *
 * @param values at least one
 */
export function meanEstimate(values: readonly number[]): IntervalEstimate {
  const count = values.length;
  const value = values.reduce((sum, one) => sum + one, 0) / count;
  if (count < 2) return { value, low: value, high: value };
  const squares = values.reduce((sum, one) => sum + (one - value) * (one - value), 0);
  const free = count - 1;
  const quantile = Z + 2.4 / free + 3.2 / (free * free);
  const half = quantile * Math.sqrt(squares / free / count);
  return { value, low: value - half, high: value + half };
}
