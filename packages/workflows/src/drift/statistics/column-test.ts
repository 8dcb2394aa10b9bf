/** Whether one column of the latest sessions is spread as it was in the baseline. */

import { UNKNOWN } from "../reading/reading.ts";
import type { Spread } from "./baseline.ts";
import { binaryDigits } from "./binary-digits.ts";
import { atLeast, atMost } from "./rare-test.ts";
import { LOOKS, type Threshold, WINDOW } from "./thresholds.ts";

/** Sessions of a baseline of which a column must be known. */
const FEWEST = 30;
/** Where so large a part of all sessions have one and the same code, only the others are counted. */
const MOST_ALIKE = 0.7;
/** Exact tests are only worth their cost where a rough one finds something. */
const WORTH_A_LOOK = 6;
/** Of two places for a change, the later one must be this much surer: in squares of a deviation. */
const SURER = 1e-9;

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

  constructor(spread: Spread) {
    this.#spread = spread;
    this.#seen = new Uint8Array(spread.counts.length);
    this.#ties = spread.ties;
  }

  take(code: number): void {
    const { counts, twiceRanks } = this.#spread;
    const t = (counts[code] ?? 0) + (this.#seen[code] ?? 0);
    // From t * t * t - t to the same of one more.
    this.#ties += 3 * t * (t + 1);
    this.#twiceRanks += twiceRanks[code] ?? 0;
    this.#seen[code] = (this.#seen[code] ?? 0) + 1;
    this.known += 1;
  }

  /** How far their ranks are off, in deviations (Wilcoxon's rank sum, with its correction of ties). */
  deviation(): number {
    const { total } = this.#spread;
    const pairs = this.known * total;
    const all = this.known + total;
    const variance = (pairs / 12) * (all + 1 - this.#ties / (all * (all - 1)));
    return variance <= 0 ? 0 : (this.#twiceRanks - pairs) / 2 / Math.sqrt(variance);
  }

  strength(threshold: Threshold): Finding {
    const z = this.deviation();
    const z2 = z * z;
    const isMore = z > 0;
    const { counts, mode, total } = this.#spread;
    const alike = (counts[mode] ?? 0) + (this.#seen[mode] ?? 0);
    if (alike < MOST_ALIKE * (this.known + total)) return { strength: z2 / threshold.z2, isMore };
    if (z2 < WORTH_A_LOOK) return { strength: 0, isMore };
    return { strength: this.#strengthOfOthers(threshold.level), isMore };
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

/**
 * The strongest that one of the windows finds.
 *
 * @param codeAt the code of a session, counted backwards from the latest, from 0
 * @param sessions how many there are
 */
export function testColumn(
  spread: Spread,
  codeAt: (ago: number) => number,
  sessions: number,
  threshold: Threshold,
): Finding {
  let best: Finding = { strength: 0, isMore: false };
  if (spread.total < FEWEST) return best;
  const walk = new Walk(spread);
  for (let ago = 0; ago < sessions; ago++) {
    const code = codeAt(ago);
    if (code === UNKNOWN) continue;
    walk.take(code);
    if (!isLook(walk.known)) continue;
    const found = walk.strength(threshold);
    if (found.strength > best.strength) best = found;
  }
  return best;
}

const isLook = (known: number): boolean => (LOOKS as readonly number[]).includes(known);

/** Where the rank sum of all sessions since then is the furthest off. */
export function onsetOf(
  spread: Spread,
  codeAt: (ago: number) => number,
  sessions: number,
): Onset | undefined {
  const walk = new Walk(spread);
  const squares = new Array<number>(WINDOW).fill(0);
  let best = -1;
  for (let ago = 0; ago < sessions; ago++) {
    const code = codeAt(ago);
    if (code === UNKNOWN) continue;
    walk.take(code);
    const deviation = walk.deviation();
    const square = deviation * deviation;
    squares[ago] = square;
    if (square > (squares[best] ?? 0) + SURER) best = ago;
  }
  if (best < 0) return undefined;
  const near = (squares[best] ?? 0) - LIKELY;
  const places = squares.flatMap((square, ago) => (square >= near ? [ago + 1] : []));
  return { sessions: best + 1, atLeast: places[0] ?? best + 1, atMost: places.at(-1) ?? best + 1 };
}

/** The 95 % quantile of chi-square with one degree, as intervals of likelihood ratios have it. */
const LIKELY = 3.84;
