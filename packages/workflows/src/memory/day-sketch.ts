/** What the sessions of one day and one workflow did, in at most a KiB; no content. */
import { bucketOf, bucketStart } from "../profile/log-histogram.ts";
import { OPERATIONS, type SessionProfile } from "../profile/session-profile.ts";
import { SketchReader, SketchWriter } from "./sketch-bytes.ts";

export const MAX_SKETCH_BYTES = 1_024;

/** What is added up, in the order of the bytes. */
export const SKETCH_SUMS = [
  "sessions",
  "ended",
  "looped",
  "reviewed",
  "outcomes",
  "resolved",
  "steps",
  "calls",
  "turns",
  "failures",
  "retries",
  "denied",
  "pending",
  "loops",
  "loopSteps",
  "loopCostNanoUsd",
  "loopTokens",
  "loopMs",
  "afterAlertSteps",
  "afterAlertTokens",
  "afterAlertCostNanoUsd",
  "afterAlertMs",
  "tokensKnown",
  "tokens",
  "costKnown",
  "costNanoUsd",
  "durationKnown",
  "durationMs",
] as const;
/** Of which also each session's own is counted in a histogram. */
export const SKETCH_AMOUNTS = ["steps", "tokens", "costNanoUsd", "durationMs"] as const;

export type SketchSum = (typeof SKETCH_SUMS)[number];
export type SketchAmount = (typeof SKETCH_AMOUNTS)[number];

/** More of one session counts as so much, so that a thousand sessions still add up exactly. */
const MOST = 8_796_093_022_208;
const VERSION = 1;
/** Buckets of the histograms between a number and twice that number. */
const FINE = 2;
const COARSE = 1;
const BUCKETS = bucketOf(MOST, FINE) + 1;
const PLACES = OPERATIONS.length * OPERATIONS.length;

const zeros = (length: number): number[] => new Array<number>(length).fill(0);

/**
 * Sums, operations, transitions and histograms. To add and to take out are exact, as long as a sum is
 * below 2^53.
 *
 * What would be longer than a KiB is kept coarser, for good: without transitions, and with histograms
 * whose buckets are twice as wide.
 */
export class DaySketch {
  readonly #sums = zeros(SKETCH_SUMS.length);
  readonly #ops = zeros(OPERATIONS.length);
  readonly #transitions = zeros(PLACES);
  readonly #histograms = SKETCH_AMOUNTS.map(() => zeros(BUCKETS));
  #isCoarse = false;

  /** Of one session. */
  static of(profile: SessionProfile): DaySketch {
    const sketch = new DaySketch();
    const { structure } = profile;
    for (const [at, sum] of sumsOf(profile).entries()) sketch.#sums[at] = Math.min(sum, MOST);
    for (const [at, count] of structure.ops.entries()) sketch.#ops[at] = Math.min(count, MOST);
    for (const [place, count] of Object.entries(structure.transitions)) {
      if (Number(place) < PLACES) sketch.#transitions[Number(place)] = Math.min(count, MOST);
    }
    for (const [at, amount] of SKETCH_AMOUNTS.entries()) {
      const value = profile[amount];
      const counts = sketch.#histograms[at];
      if (value !== undefined && counts) counts[bucketOf(Math.min(value, MOST), FINE)] = 1;
    }
    return sketch;
  }

  /** @throws {RangeError} when these are not the bytes of a sketch */
  static decode(bytes: Uint8Array): DaySketch {
    const reader = new SketchReader(bytes);
    if (reader.next() !== VERSION)
      throw new RangeError("a newer caum wrote this sketch: update caum");
    const sketch = new DaySketch();
    sketch.#isCoarse = reader.next() === 1;
    for (const counts of sketch.#all) reader.readSparse(counts);
    return sketch;
  }

  /** At most {@link MAX_SKETCH_BYTES}, while no count is beyond 2^28. */
  encode(): Uint8Array {
    const bytes = this.#bytes();
    if (bytes.length <= MAX_SKETCH_BYTES || this.#isCoarse) return bytes;
    this.#coarsen();
    return this.#bytes();
  }

  /** @param times -1 takes the other one out */
  add(other: DaySketch, times: 1 | -1 = 1): void {
    if (other.#isCoarse && !this.#isCoarse) this.#coarsen();
    const added = this.#isCoarse && !other.#isCoarse ? other.#coarse() : other;
    const own = this.#all;
    for (const [at, counts] of added.#all.entries()) {
      const sums = own[at];
      if (sums === undefined) continue;
      for (let place = 0; place < counts.length; place++) {
        const count = counts[place] ?? 0;
        if (count !== 0) sums[place] = (sums[place] ?? 0) + times * count;
      }
    }
  }

  sum(name: SketchSum): number {
    return this.#sums[SKETCH_SUMS.indexOf(name)] ?? 0;
  }

  /** Calls by operation, in the order of `OPERATIONS`. */
  get operations(): readonly number[] {
    return this.#ops;
  }

  /** Which operation came after which, by `from * OPERATIONS.length + to`; undefined where it is coarse. */
  get transitions(): readonly number[] | undefined {
    return this.#isCoarse ? undefined : this.#transitions;
  }

  /**
   * The amount at or below which a share of the sessions is that said any, by the nearest rank.
   *
   * @returns the middle of its bucket; undefined where no session said any
   */
  quantile(amount: SketchAmount, share: number): number | undefined {
    const counts = this.#histograms[SKETCH_AMOUNTS.indexOf(amount)] ?? [];
    let total = 0;
    for (const count of counts) total += count;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const [bucket, count] of counts.entries()) {
      seen += count;
      if (seen < rank || count === 0) continue;
      const perDoubling = this.#isCoarse ? COARSE : FINE;
      const next = bucketStart(bucket + 1, perDoubling);
      return (bucketStart(bucket, perDoubling) + next - 1) / 2;
    }
    return undefined;
  }

  get #all(): readonly number[][] {
    return [this.#sums, this.#ops, this.#transitions, ...this.#histograms];
  }

  #bytes(): Uint8Array {
    const writer = new SketchWriter();
    writer.add(VERSION);
    writer.add(this.#isCoarse ? 1 : 0);
    for (const counts of this.#all) writer.addSparse(counts);
    return writer.bytes;
  }

  #coarse(): DaySketch {
    const copy = new DaySketch();
    copy.add(this);
    copy.#coarsen();
    return copy;
  }

  #coarsen(): void {
    this.#isCoarse = true;
    this.#transitions.fill(0);
    for (const counts of this.#histograms) {
      const fine = [...counts];
      counts.fill(0);
      for (const [bucket, count] of fine.entries()) {
        if (count === 0) continue;
        const wide = bucketOf(bucketStart(bucket, FINE), COARSE);
        counts[wide] = (counts[wide] ?? 0) + count;
      }
    }
  }
}

/** In the order of their names. */
function sumsOf(profile: SessionProfile): readonly number[] {
  const { structure, resolved, tokens, costNanoUsd, durationMs } = profile;
  const { inLoops, afterAlert } = structure;
  return [
    1,
    Number(profile.ended),
    Number(profile.loops > 0),
    Number(profile.reviewed),
    Number(resolved !== undefined),
    Number(resolved === true),
    profile.steps,
    structure.calls,
    structure.turns,
    structure.failures,
    structure.retries,
    structure.denied,
    structure.pending,
    profile.loops,
    profile.loopSteps,
    profile.loopCostNanoUsd,
    inLoops.tokens,
    inLoops.ms,
    afterAlert.steps,
    afterAlert.tokens,
    afterAlert.costNanoUsd,
    afterAlert.ms,
    Number(tokens !== undefined),
    tokens ?? 0,
    Number(costNanoUsd !== undefined),
    costNanoUsd ?? 0,
    Number(durationMs !== undefined),
    durationMs ?? 0,
  ];
}
