/** A bucket that fills with time: whoever takes more than is in it must wait. */
interface Bucket {
  tokens: number;
  atMs: number;
}

/** Buckets remembered at once; the one unused longest is full again anyway. */
const MAX_BUCKETS = 10_000;

/** Limits how many events (not requests) each sender may post in a second. */
export class RateLimit {
  readonly #perSecond: number;
  readonly #burst: number;
  readonly #clock: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param perSecond 0 means no limit */
  constructor(perSecond: number, burst: number, clock: () => number) {
    this.#perSecond = perSecond;
    this.#burst = burst;
    this.#clock = clock;
  }

  /** Takes from the sender's bucket; otherwise answers after how many seconds to come again. */
  take(sender: string, amount: number): number | undefined {
    if (this.#perSecond === 0) return undefined;
    const now = this.#clock();
    const bucket = this.#bucketOf(sender, now);
    bucket.tokens += (Math.max(0, now - bucket.atMs) / 1_000) * this.#perSecond;
    bucket.tokens = Math.min(this.#burst, bucket.tokens);
    bucket.atMs = now;
    // A full bucket lets any one request pass, so that no batch is refused for ever.
    if (bucket.tokens >= amount || bucket.tokens === this.#burst) {
      bucket.tokens -= amount;
      return undefined;
    }
    const missing = Math.min(amount, this.#burst) - bucket.tokens;
    return Math.max(1, Math.ceil(missing / this.#perSecond));
  }

  #bucketOf(sender: string, now: number): Bucket {
    const bucket = this.#buckets.get(sender) ?? { tokens: this.#burst, atMs: now };
    this.#buckets.delete(sender);
    this.#buckets.set(sender, bucket);
    if (this.#buckets.size > MAX_BUCKETS) {
      const [oldest] = this.#buckets.keys();
      if (oldest !== undefined) this.#buckets.delete(oldest);
    }
    return bucket;
  }
}
