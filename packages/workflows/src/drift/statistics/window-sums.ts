/**
 * Sums over the latest sessions of each column, kept from session to session: where they show that a column is
 * plainly weak, a look need not go through its sessions. They hold while the baseline stays as it is.
 */
import { COLUMNS } from "../reading/channel.ts";
import { UNKNOWN } from "../reading/reading.ts";
import { type ColumnCodes, ROOM } from "../ring.ts";
import type { Baseline, Spread } from "./baseline.ts";
import { areOthersOff, areRanksOff, FEWEST, varianceOfRanks } from "./column-test.ts";
import { LOOKS, WINDOW } from "./thresholds.ts";

/** Of each column and window: the sum of twice the ranks, and from where to where it is weak ... */
const TWICE = 0;
const TWICE_FROM = 1;
const TWICE_TO = 2;
/** ... and how many are as most of the baseline are, with the same. */
const ALIKE = 3;
const ALIKE_FROM = 4;
const ALIKE_TO = 5;
const FIELDS = 6;
const WIDTH = FIELDS * LOOKS.length;
/** More than any sum. */
const MOST = 2 ** 30;

export class WindowSums {
  readonly #fields = new Int32Array(COLUMNS * WIDTH);
  readonly #spreads: readonly Spread[];
  /** In how many sessions of the ring a column is not known; while there are any, it has no sums. */
  readonly #unknown = new Uint8Array(COLUMNS);
  readonly #isStale = new Uint8Array(COLUMNS).fill(1);
  readonly #baselineSessions: number;

  /** @param columns those of a full ring */
  constructor(baseline: Baseline, { codes, from }: ColumnCodes) {
    this.#baselineSessions = baseline.sessions;
    this.#spreads = Array.from({ length: COLUMNS }, (_, column) => baseline.spread(column));
    for (let column = 0; column < COLUMNS; column++) {
      this.#bound(column);
      let unknown = 0;
      const latest = from + column * ROOM;
      for (let at = latest; at < latest + WINDOW; at++) if (codes[at] === UNKNOWN) unknown += 1;
      this.#unknown[column] = unknown;
    }
  }

  /** Whether the baseline is still as it was. */
  holdFor(baseline: Baseline): boolean {
    return baseline.sessions === this.#baselineSessions;
  }

  /** One session joins all windows, and one leaves each: before the ring takes it. */
  push(joins: Uint8Array, { codes, from }: ColumnCodes): void {
    let latest = from;
    for (let column = 0; column < COLUMNS; column++, latest += ROOM) {
      const joining = joins[column] ?? UNKNOWN;
      const unknown = this.#unknown[column] ?? 0;
      if (unknown === 0 && joining !== UNKNOWN) {
        if (this.#isStale[column] === 0) this.#move(column, joining, codes, latest);
        continue;
      }
      const isLeaving = codes[latest + WINDOW - 1] === UNKNOWN;
      this.#unknown[column] = unknown + (joining === UNKNOWN ? 1 : 0) - (isLeaving ? 1 : 0);
      this.#isStale[column] = 1;
    }
  }

  /** Whether no window can come near a finding; false where that is not known. */
  isWeak(column: number, columns: ColumnCodes): boolean {
    if (this.#unknown[column] !== 0) return false;
    if (this.#isStale[column] !== 0) this.#sum(column, columns);
    const fields = this.#fields;
    const end = (column + 1) * WIDTH;
    for (let at = column * WIDTH; at < end; at += FIELDS) {
      const [twice = 0, alike = 0] = [fields[at + TWICE], fields[at + ALIKE]];
      if (twice < (fields[at + TWICE_FROM] ?? 0) || twice > (fields[at + TWICE_TO] ?? 0))
        return false;
      if (alike < (fields[at + ALIKE_FROM] ?? 0) || alike > (fields[at + ALIKE_TO] ?? 0))
        return false;
    }
    return true;
  }

  #move(column: number, joining: number, codes: Uint8Array, latest: number): void {
    const spread = this.#spreads[column];
    if (spread === undefined) return;
    const { twiceRanks, mode } = spread;
    const fields = this.#fields;
    const rank = twiceRanks[joining] ?? 0;
    const alike = joining === mode ? 1 : 0;
    let at = column * WIDTH;
    for (let look = 0; look < LOOKS.length; look++, at += FIELDS) {
      const leaving = codes[latest + (LOOKS[look] ?? 0) - 1] ?? UNKNOWN;
      if (leaving === joining) continue;
      fields[at + TWICE] = (fields[at + TWICE] ?? 0) + rank - (twiceRanks[leaving] ?? 0);
      fields[at + ALIKE] = (fields[at + ALIKE] ?? 0) + alike - (leaving === mode ? 1 : 0);
    }
  }

  #sum(column: number, { codes, from }: ColumnCodes): void {
    const spread = this.#spreads[column];
    if (spread === undefined) return;
    let [twice, alike, ago] = [0, 0, 0];
    let at = column * WIDTH;
    for (const look of LOOKS) {
      for (; ago < look; ago++) {
        const code = codes[from + column * ROOM + ago] ?? UNKNOWN;
        twice += spread.twiceRanks[code] ?? 0;
        if (code === spread.mode) alike += 1;
      }
      this.#fields[at + TWICE] = twice;
      this.#fields[at + ALIKE] = alike;
      at += FIELDS;
    }
    this.#isStale[column] = 0;
  }

  /** Tries what the sums may be, because rounding must not decide otherwise than the test does. */
  #bound(column: number): void {
    const spread = this.#spreads[column];
    if (spread === undefined) return;
    const isTested = spread.total >= FEWEST;
    let at = column * WIDTH;
    for (const known of LOOKS) {
      const off = isTested ? leastOff(spread, known) : MOST;
      const [from, to] = isTested ? weakAlike(spread, known) : [0, known];
      this.#fields[at + TWICE_FROM] = known * spread.total - off + 1;
      this.#fields[at + TWICE_TO] = known * spread.total + off - 1;
      this.#fields[at + ALIKE_FROM] = from;
      this.#fields[at + ALIKE_TO] = to;
      at += FIELDS;
    }
  }
}

/** From how far off on twice the sum of the ranks is not weak. */
function leastOff(spread: Spread, known: number): number {
  const variance = varianceOfRanks(spread, known);
  const pairs = known * spread.total;
  let [weak, off] = [0, 2 * pairs + 2];
  while (off - weak > 1) {
    const middle = Math.floor((weak + off) / 2);
    if (areRanksOff(pairs + middle, variance, pairs)) off = middle;
    else weak = middle;
  }
  return off;
}

/** From how many to how many others are weak; from more than to where they are not one stretch. */
function weakAlike(spread: Spread, known: number): readonly [from: number, to: number] {
  const weak: number[] = [];
  for (let alike = 0; alike <= known; alike++) {
    if (!areOthersOff(spread, known, alike)) weak.push(alike);
  }
  const [from = 1, to = 0] = [weak[0], weak.at(-1)];
  return to - from + 1 === weak.length ? [from, to] : [1, 0];
}
