/** Whether one column of the latest sessions is spread as it was in the baseline. */

import { BUCKETS, UNKNOWN } from "../reading/reading.ts";
import type { ColumnCodes } from "../ring.ts";
import type { Spread } from "./baseline.ts";
import { binaryDigits } from "./binary-digits.ts";
import { atLeast, atMost } from "./rare-test.ts";
import { type ColumnThreshold, GONE, LEAST_Z2, LOOKS, WINDOW } from "./thresholds.ts";

/** Sessions of a baseline of which a column must be known. */
export const FEWEST = 30;
/** Where so large a part of all sessions have one and the same code, only the others are counted. */
const MOST_ALIKE = 0.7;
/** From this part on they are counted as well: whether there is any may tell more than how much. */
const MANY_ALIKE = 0.25;
/** Exact tests are only worth their cost where a rough one finds something. */
const WORTH_A_LOOK = 6;
/** Below this no test of ranks comes near the strength with which a finding goes. */
const WEAK = Math.min(WORTH_A_LOOK, GONE * LEAST_Z2);
/** Of two places for a change, the later one must be this much surer: in squares of a deviation. */
const SURER = 1e-9;
/** The 95 % quantile of chi-square with one degree, as intervals of likelihood ratios have it. */
const LIKELY = 3.84;

/** What a test found; above 0 where the latest sessions have more. */
export interface Finding {
  /** How far over its threshold it is; from 1 on it is found. */
  readonly strength: number;
  readonly isMore: boolean;
}

/** Where something changed: how many sessions ago, and the two ends of where it may have been. */
export interface Onset {
  readonly sessions: number;
  readonly atLeast: number;
  readonly atMost: number;
}

/** Walks through a column from the latest session backwards and keeps what the tests need. */
class Walk {
  readonly #spread: Spread;
  readonly #seen: Uint8Array;
  #ties: number;
  #twiceRanks = 0;
  known = 0;

  /** @param seen zeroes, as many as there are codes at least */
  constructor(spread: Spread, seen: Uint8Array) {
    this.#spread = spread;
    this.#seen = seen;
    this.#ties = spread.ties;
  }

  take(code: number): void {
    const { counts, twiceRanks } = this.#spread;
    const seen = this.#seen[code] ?? 0;
    const t = (counts[code] ?? 0) + seen;
    // From t * t * t - t to the same of one more.
    this.#ties += 3 * t * (t + 1);
    this.#twiceRanks += twiceRanks[code] ?? 0;
    this.#seen[code] = seen + 1;
    this.known += 1;
  }

  /**
   * How far their ranks are off, in squares of a deviation, with its sign (Wilcoxon's rank sum, with its
   * correction of ties).
   */
  square(): number {
    const { total } = this.#spread;
    const pairs = this.known * total;
    const all = this.known + total;
    const variance = (pairs / 12) * (all + 1 - this.#ties / (all * (all - 1)));
    const off = (this.#twiceRanks - pairs) / 2;
    return variance <= 0 ? 0 : (off * Math.abs(off)) / variance;
  }

  strength({ rare, ranks, both }: ColumnThreshold): Finding {
    const square = this.square();
    const z2 = Math.abs(square);
    const { counts, mode, total } = this.#spread;
    const alike = (counts[mode] ?? 0) + (this.#seen[mode] ?? 0);
    const all = this.known + total;
    if (alike >= MOST_ALIKE * all) {
      if (z2 < WORTH_A_LOOK) return NOTHING;
      return { strength: this.#strengthOfOthers(rare), isMore: square > 0 };
    }
    if (alike < MANY_ALIKE * all) return { strength: z2 / ranks, isMore: square > 0 };
    const byRanks = { strength: z2 / both.ranks, isMore: square > 0 };
    const others = squareOfOthers(this.known - (this.#seen[mode] ?? 0), this.known, alike, all);
    if (Math.abs(others) < WORTH_A_LOOK) return byRanks;
    const strength = this.#strengthOfOthers(both.rare);
    if (strength <= byRanks.strength) return byRanks;
    // Where most have the least there is, others have more.
    return { strength, isMore: mode === 0 ? others > 0 : square > 0 };
  }

  /** Counts only who is not as most are. */
  #strengthOfOthers(level: number): number {
    const { counts, mode, total } = this.#spread;
    const others = this.known - (this.#seen[mode] ?? 0);
    const all = others + total - (counts[mode] ?? 0);
    const sessions = this.known + total;
    const more = atLeast(others, this.known, all, sessions);
    const fewer = atMost(others, this.known, all, sessions);
    return binaryDigits(Math.min(1, 2 * Math.min(more, fewer))) / binaryDigits(level);
  }
}

/** Of one test after the other; each leaves it full of zeroes. */
const SEEN = new Uint8Array(BUCKETS);

const NOTHING: Finding = { strength: 0, isMore: false };

/** The strongest that one of the windows finds; what is too weak to count may be none. */
export function testColumn(
  spread: Spread,
  column: ColumnCodes,
  threshold: ColumnThreshold,
): Finding {
  if (spread.total < FEWEST || isPlainlyWeak(spread, column)) return NOTHING;
  const walk = new Walk(spread, SEEN);
  let best = NOTHING;
  const end = column.from + column.sessions;
  for (let at = column.from; at < end; at++) {
    const code = column.codes[at] ?? UNKNOWN;
    if (code === UNKNOWN) continue;
    walk.take(code);
    if (!isLook(walk.known)) continue;
    const found = walk.strength(threshold);
    if (found.strength > best.strength) best = found;
  }
  SEEN.fill(0);
  return best;
}

/**
 * Most columns of most workflows are. Whoever ties with most others makes ranks vary the least: where
 * even then the ranks are near what they should be, nobody has to count who ties with whom.
 */
export function isPlainlyWeak(spread: Spread, { codes, from, sessions }: ColumnCodes): boolean {
  const { mode, twiceRanks } = spread;
  let [known, twice, asMost] = [0, 0, 0];
  for (let at = from; at < from + sessions; at++) {
    const code = codes[at] ?? UNKNOWN;
    if (code === UNKNOWN) continue;
    known += 1;
    twice += twiceRanks[code] ?? 0;
    if (code === mode) asMost += 1;
    if (!isLook(known)) continue;
    if (areRanksOff(twice, varianceOfRanks(spread, known), known * spread.total)) return false;
    if (areOthersOff(spread, known, asMost)) return false;
  }
  return true;
}

/** The least that ranks of so many sessions vary. */
export function varianceOfRanks(spread: Spread, known: number): number {
  const { total } = spread;
  const alike = spread.counts[spread.mode] ?? 0;
  const [pairs, all, most] = [known * total, known + total, known + alike];
  const ties = spread.ties - alike * alike * alike + alike + most * most * most - most;
  return (pairs / 12) * (all + 1 - ties / (all * (all - 1)));
}

/** @param pairs twice what the ranks should add up to */
export function areRanksOff(twiceRanks: number, variance: number, pairs: number): boolean {
  const off = (twiceRanks - pairs) / 2;
  return off !== 0 && off * off >= WEAK * variance;
}

/** @param asMost how many of the known ones are as most of the baseline are */
export function areOthersOff(spread: Spread, known: number, asMost: number): boolean {
  const alike = asMost + (spread.counts[spread.mode] ?? 0);
  return Math.abs(squareOfOthers(known - asMost, known, alike, known + spread.total)) >= WEAK;
}

/**
 * How far off the number of those is that are not as most are, in squares of a deviation, with its sign.
 *
 * @param alike how many of all are as most are
 */
function squareOfOthers(others: number, known: number, alike: number, all: number): number {
  const share = (all - alike) / all;
  const off = others - known * share;
  const variance = (known * share * (1 - share) * (all - known)) / (all - 1);
  return variance <= 0 ? 0 : (off * Math.abs(off)) / variance;
}

function isLook(known: number): boolean {
  return known === LOOKS[0] || known === LOOKS[1] || known === LOOKS[2] || known === LOOKS[3];
}

/** Where the rank sum of all sessions since then is the furthest off. */
export function onsetOf(spread: Spread, { codes, from, sessions }: ColumnCodes): Onset | undefined {
  const walk = new Walk(spread, new Uint8Array(BUCKETS));
  const squares = new Array<number>(WINDOW).fill(0);
  let best = -1;
  for (let ago = 0; ago < sessions; ago++) {
    const code = codes[from + ago] ?? UNKNOWN;
    if (code === UNKNOWN) continue;
    walk.take(code);
    const square = Math.abs(walk.square());
    squares[ago] = square;
    if (square > (squares[best] ?? 0) + SURER) best = ago;
  }
  if (best < 0) return undefined;
  const near = (squares[best] ?? 0) - LIKELY;
  const places = squares.flatMap((square, ago) => (square >= near ? [ago + 1] : []));
  return { sessions: best + 1, atLeast: places[0] ?? best + 1, atMost: places.at(-1) ?? best + 1 };
}
