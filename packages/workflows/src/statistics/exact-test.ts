/** Whether one share is larger than another, by what is possible and not by an approximation. */

/** Yeses of a sample, and how many there are of it. */
export interface Count {
  readonly count: number;
  readonly of: number;
}

/**
 * How likely the second sample has so many more yeses than the first by chance alone: Fisher's exact
 * test in its mid-p form, in which the table itself counts half. Below 0.05 the second share is
 * larger, at 95 %; among equal shares that happens in at most about 5 of 100 cases, in fewer where
 * yeses are rare.
 *
 * @returns from 0 to 1; 1 where one of the two is empty
 * @see Lancaster (1961); Agresti (2013), section 3.5
 */
export function chanceOfMore(first: Count, second: Count): number {
  const yeses = first.count + second.count;
  const all = first.of + second.of;
  if (first.of === 0 || second.of === 0) return 1;
  const lowest = Math.max(0, yeses - first.of);
  const highest = Math.min(yeses, second.of);
  // All weights are relative to the likeliest table, so that none of them overflows.
  const likeliest = Math.min(
    highest,
    Math.max(lowest, Math.floor(((yeses + 1) * (second.of + 1)) / (all + 2))),
  );
  const sums = { all: 0, more: 0 };
  const add = (count: number, weight: number) => {
    sums.all += weight;
    if (count > second.count) sums.more += weight;
    else if (count === second.count) sums.more += weight / 2;
  };
  let weight = 1;
  for (let count = likeliest; count <= highest; count++) {
    add(count, weight);
    weight *=
      ((yeses - count) * (second.of - count)) / ((count + 1) * (first.of - yeses + count + 1));
  }
  weight = 1;
  for (let count = likeliest; count > lowest; count--) {
    weight *=
      (count * (first.of - yeses + count)) / ((yeses - count + 1) * (second.of - count + 1));
    add(count - 1, weight);
  }
  return Math.min(1, sums.more / sums.all);
}
