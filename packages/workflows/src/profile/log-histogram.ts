/** Counts of whole numbers by buckets whose width grows with the number; exact to add and take out. */

/** Counts by bucket, as plain JSON. */
export type BucketCounts = Readonly<Record<number, number>>;

/**
 * Buckets between a number and twice that number; a power of two. Numbers below twice as many have a
 * bucket of their own; above, a bucket's middle is at most 1/16 away from what is in it.
 */
const FINE_BUCKETS = 8;
/** From here on a number is halved before its bits are counted. */
const TWO_31 = 2_147_483_648;

/**
 * The bucket of a number.
 *
 * @param value rounded down; below 0 it counts as 0
 * @param perDoubling a power of two: with 2 a middle is at most 1/4 away
 */
export function bucketOf(value: number, perDoubling: number = FINE_BUCKETS): number {
  let rest = Math.floor(Math.max(0, Math.min(value, Number.MAX_SAFE_INTEGER)));
  if (!(rest >= 2 * perDoubling)) return rest >= 0 ? rest : 0;
  let halvings = 0;
  while (rest >= TWO_31) {
    rest = Math.floor(rest / 2);
    halvings += 1;
  }
  const more = Math.clz32(perDoubling) - Math.clz32(rest);
  return (halvings + more) * perDoubling + (rest >>> more);
}

/** The smallest number in a bucket. */
export function bucketStart(bucket: number, perDoubling: number = FINE_BUCKETS): number {
  if (bucket < 2 * perDoubling) return bucket;
  let doublings = Math.floor(bucket / perDoubling) - 1;
  let start = bucket - doublings * perDoubling;
  for (; doublings > 0; doublings--) start *= 2;
  return start;
}

/** The number that stands for all in a bucket: the middle of its first and last. */
export function bucketMiddle(bucket: number, perDoubling: number = FINE_BUCKETS): number {
  return (bucketStart(bucket, perDoubling) + bucketStart(bucket + 1, perDoubling) - 1) / 2;
}

/** Sums of many sessions, which later ones join and gone ones leave. */
export class LogHistogram {
  readonly #counts = new Map<number, number>();
  readonly #perDoubling: number;
  #total = 0;

  constructor(counts: BucketCounts = {}, perDoubling: number = FINE_BUCKETS) {
    this.#perDoubling = perDoubling;
    this.addAll(counts);
  }

  /** How many numbers are in it. */
  get total(): number {
    return this.#total;
  }

  /** @param times below 0 takes numbers out again */
  add(value: number, times = 1): void {
    this.#addTo(bucketOf(value, this.#perDoubling), times);
  }

  /** Adds what another one with buckets of the same width counted. */
  addAll(counts: BucketCounts, times = 1): void {
    for (const [bucket, count] of Object.entries(counts)) {
      this.#addTo(Number(bucket), count * times);
    }
  }

  /**
   * The number at or below which a share of all numbers is, by the nearest rank.
   *
   * @param share above 0, at most 1
   * @returns the middle of its bucket; undefined while the histogram is empty
   */
  quantile(share: number): number | undefined {
    const rank = Math.max(1, Math.ceil(share * this.#total));
    let seen = 0;
    for (const bucket of this.#buckets()) {
      seen += this.#counts.get(bucket) ?? 0;
      if (seen >= rank) return bucketMiddle(bucket, this.#perDoubling);
    }
    return undefined;
  }

  /** In the order of the buckets; those without a number are left out. */
  get counts(): BucketCounts {
    return Object.fromEntries(
      this.#buckets().map((bucket) => [bucket, this.#counts.get(bucket) ?? 0]),
    );
  }

  #buckets(): number[] {
    return [...this.#counts.keys()].sort((one, other) => one - other);
  }

  #addTo(bucket: number, times: number): void {
    const count = (this.#counts.get(bucket) ?? 0) + times;
    this.#total += times;
    if (count === 0) this.#counts.delete(bucket);
    else this.#counts.set(bucket, count);
  }
}
