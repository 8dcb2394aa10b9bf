/** What the sessions of one day and one workflow did, in at most a KiB; no content. */
import { bucketMiddle, bucketOf, bucketStart } from "../profile/log-histogram.ts";
import { OPERATIONS, type RememberedSession } from "../profile/session-profile.ts";
import { transitionPairs } from "../profile/transition-pairs.ts";
import { readSparse, type SparseCounts, writeSparse } from "./sketch-bytes.ts";

/** What a day of one name takes at the most, while no count is beyond 2^28. */
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

/** Where what is counted: sums, operations, transitions, and a histogram for each amount. */
const OPS_FROM = SKETCH_SUMS.length;
const TRANSITIONS_FROM = OPS_FROM + OPERATIONS.length;
const HISTOGRAMS_FROM = TRANSITIONS_FROM + OPERATIONS.length * OPERATIONS.length;
const PLACES = HISTOGRAMS_FROM + SKETCH_AMOUNTS.length * BUCKETS;

const histogramFrom = (amount: SketchAmount) =>
  HISTOGRAMS_FROM + SKETCH_AMOUNTS.indexOf(amount) * BUCKETS;

/** What one session adds to its day. */
export function sketchOf(profile: RememberedSession): SparseCounts {
  const pairs: number[] = [];
  const add = (place: number, count: number) => {
    if (count > 0) pairs.push(place, Math.min(count, MOST));
  };
  const sums = sumsOf(profile);
  for (let at = 0; at < sums.length; at++) add(at, sums[at] ?? 0);
  const { ops } = profile.structure;
  for (let at = 0; at < OPERATIONS.length; at++) add(OPS_FROM + at, ops[at] ?? 0);
  const transitions = transitionPairs(profile.structure);
  for (let at = 0; at < transitions.length; at += 2) {
    const place = TRANSITIONS_FROM + (transitions[at] ?? 0);
    if (place < HISTOGRAMS_FROM) add(place, transitions[at + 1] ?? 0);
  }
  for (const amount of SKETCH_AMOUNTS) {
    const value = profile[amount];
    if (value !== undefined) add(histogramFrom(amount) + bucketOf(Math.min(value, MOST), FINE), 1);
  }
  return pairs;
}

/** As bytes that {@link decodeSketch} reads. */
export function encodeSketch(sketch: SparseCounts): Uint8Array {
  return writeSparse([VERSION, 0], sketch);
}

/** @throws {RangeError} when these are not the bytes of one session's sketch */
export function decodeSketch(bytes: Uint8Array): SparseCounts {
  return readSparse(bytes, checkHead(bytes));
}

/** @returns where the counts begin */
function checkHead([version]: Uint8Array): number {
  if (version === VERSION) return 2;
  throw new RangeError("a newer caum wrote this sketch: update caum");
}

/**
 * Sums, operations, transitions and histograms. To add and to take out are exact, as long as a sum is
 * below 2^53.
 *
 * What would be longer than a KiB is kept coarser, for good: without transitions, and with histograms
 * whose buckets are twice as wide.
 */
export class DaySketch {
  readonly #counts = new Float64Array(PLACES);
  #isCoarse = false;

  /** @throws {RangeError} when these are not the bytes of a sketch */
  static decode(bytes: Uint8Array): DaySketch {
    const sketch = new DaySketch();
    sketch.#isCoarse = bytes[1] === 1;
    sketch.#addPairs(readSparse(bytes, checkHead(bytes)), 1);
    return sketch;
  }

  /** At most {@link MAX_SKETCH_BYTES}, while no count is beyond 2^28. */
  encode(): Uint8Array {
    const bytes = this.#bytes();
    if (bytes.length <= MAX_SKETCH_BYTES || this.#isCoarse) return bytes;
    this.#coarsen();
    return this.#bytes();
  }

  /**
   * Adds one session.
   *
   * @param times -1 takes it out
   */
  add(session: SparseCounts, times: 1 | -1 = 1): void {
    this.#addPairs(this.#isCoarse ? coarsened(session) : session, times);
  }

  /** Adds all sessions of another one. */
  addAll(other: DaySketch): void {
    if (other.#isCoarse && !this.#isCoarse) this.#coarsen();
    const pairs = other.#pairs();
    this.#addPairs(this.#isCoarse && !other.#isCoarse ? coarsened(pairs) : pairs, 1);
  }

  sum(name: SketchSum): number {
    return this.#counts[SKETCH_SUMS.indexOf(name)] ?? 0;
  }

  /** Calls by operation, in the order of `OPERATIONS`. */
  get operations(): readonly number[] {
    return [...this.#counts.subarray(OPS_FROM, TRANSITIONS_FROM)];
  }

  /** Which operation came after which, by `from * OPERATIONS.length + to`; undefined where it is coarse. */
  get transitions(): readonly number[] | undefined {
    if (this.#isCoarse) return undefined;
    return [...this.#counts.subarray(TRANSITIONS_FROM, HISTOGRAMS_FROM)];
  }

  /**
   * The amount at or below which a share of the sessions is that said any, by the nearest rank.
   *
   * @returns the middle of its bucket; undefined where no session said any
   */
  quantile(amount: SketchAmount, share: number): number | undefined {
    const from = histogramFrom(amount);
    const counts = this.#counts.subarray(from, from + BUCKETS);
    let total = 0;
    for (const count of counts) total += count;
    const rank = Math.max(1, Math.ceil(share * total));
    let seen = 0;
    for (const [bucket, count] of counts.entries()) {
      seen += count;
      if (seen < rank || count === 0) continue;
      return bucketMiddle(bucket, this.#isCoarse ? COARSE : FINE);
    }
    return undefined;
  }

  #addPairs(pairs: SparseCounts, times: 1 | -1): void {
    const counts = this.#counts;
    for (let at = 0; at < pairs.length; at += 2) {
      const place = pairs[at] ?? 0;
      counts[place] = (counts[place] ?? 0) + times * (pairs[at + 1] ?? 0);
    }
  }

  #pairs(): SparseCounts {
    const pairs: number[] = [];
    for (let place = 0; place < PLACES; place++) {
      const count = this.#counts[place] ?? 0;
      if (count !== 0) pairs.push(place, count);
    }
    return pairs;
  }

  #bytes(): Uint8Array {
    return writeSparse([VERSION, this.#isCoarse ? 1 : 0], this.#pairs());
  }

  #coarsen(): void {
    const pairs = coarsened(this.#pairs());
    this.#isCoarse = true;
    this.#counts.fill(0);
    this.#addPairs(pairs, 1);
  }
}

/** Without transitions, and in wider buckets; a place may come several times. */
function coarsened(pairs: SparseCounts): SparseCounts {
  const coarse: number[] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    const [place = 0, count = 0] = [pairs[at], pairs[at + 1]];
    if (place < TRANSITIONS_FROM) coarse.push(place, count);
    if (place < HISTOGRAMS_FROM) continue;
    const bucket = (place - HISTOGRAMS_FROM) % BUCKETS;
    coarse.push(place - bucket + bucketOf(bucketStart(bucket, FINE), COARSE), count);
  }
  return coarse;
}

/** In the order of their names. */
function sumsOf(profile: RememberedSession): readonly number[] {
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
