/** What is normal: how the sessions of a stable stretch are spread, column by column. */
import { COLUMNS, NUMBERS } from "../reading/channel.ts";
import { LEVELS } from "../reading/level.ts";
import { BUCKETS, type Reading, UNKNOWN } from "../reading/reading.ts";

/** Counts are bytes; what is normal needs no more sessions than this. */
const MOST_SESSIONS = 200;

/** First count of each column, one after the other; the last entry is where they end. */
const COLUMN_STARTS: readonly number[] = Array.from({ length: COLUMNS + 1 }, (_, column) =>
  column <= NUMBERS.length
    ? column * BUCKETS
    : NUMBERS.length * BUCKETS + (column - NUMBERS.length) * LEVELS,
);
export const COUNTS = COLUMN_STARTS[COLUMNS] ?? 0;

/** How the codes of one column are spread. */
export interface Spread {
  readonly counts: Uint8Array;
  /** Sessions of which the column is known. */
  readonly total: number;
  /** Twice the rank of a code among the baseline: sessions below it twice, sessions with it once. */
  readonly twiceRanks: Uint16Array;
  /** Sum of t * t * t - t over codes that t sessions have. */
  readonly ties: number;
  /** The code that most sessions have; of several, the lowest. */
  readonly mode: number;
}

export class Baseline {
  readonly counts: Uint8Array;
  #sessions: number;
  #sinceMs: number;
  #untilMs: number;
  readonly #spreads: (GrowingSpread | undefined)[] = [];

  constructor(saved?: {
    readonly counts: Uint8Array;
    readonly sessions: number;
    readonly sinceMs: number;
    readonly untilMs: number;
  }) {
    this.counts = saved?.counts ?? new Uint8Array(COUNTS);
    this.#sessions = saved?.sessions ?? 0;
    this.#sinceMs = saved?.sinceMs ?? 0;
    this.#untilMs = saved?.untilMs ?? 0;
  }

  get sessions(): number {
    return this.#sessions;
  }

  get isFull(): boolean {
    return this.#sessions >= MOST_SESSIONS;
  }

  /** When its first and its last session began, in milliseconds since 1970. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** A full baseline stays as it is. */
  add({ codes, startedMs }: Reading): void {
    if (this.isFull) return;
    for (let column = 0; column < COLUMNS; column++) {
      const code = codes[column] ?? UNKNOWN;
      if (code === UNKNOWN) continue;
      this.#spreads[column]?.add(code);
      const at = (COLUMN_STARTS[column] ?? 0) + code;
      this.counts[at] = (this.counts[at] ?? 0) + 1;
    }
    this.#sinceMs = this.#sessions === 0 ? startedMs : Math.min(this.#sinceMs, startedMs);
    this.#untilMs = Math.max(this.#untilMs, startedMs);
    this.#sessions += 1;
  }

  /** As it is until the next session joins. */
  spread(column: number): Spread {
    const known = this.#spreads[column];
    if (known !== undefined) return known;
    const from = COLUMN_STARTS[column] ?? 0;
    const spread = new GrowingSpread(this.counts.subarray(from, COLUMN_STARTS[column + 1]));
    this.#spreads[column] = spread;
    return spread;
  }
}

class GrowingSpread implements Spread {
  /** The baseline's own; it counts a code after it was added here. */
  readonly counts: Uint8Array;
  readonly twiceRanks: Uint16Array;
  total = 0;
  ties = 0;
  mode = 0;

  constructor(counts: Uint8Array) {
    this.counts = counts;
    this.twiceRanks = new Uint16Array(counts.length);
    for (let code = 0; code < counts.length; code++) {
      const count = counts[code] ?? 0;
      this.twiceRanks[code] = 2 * this.total + count;
      this.total += count;
      this.ties += count * count * count - count;
      if (count > (counts[this.mode] ?? 0)) this.mode = code;
    }
  }

  add(code: number): void {
    const { counts, twiceRanks, mode } = this;
    const count = counts[code] ?? 0;
    this.ties += 3 * count * (count + 1);
    this.total += 1;
    twiceRanks[code] = (twiceRanks[code] ?? 0) + 1;
    for (let above = code + 1; above < twiceRanks.length; above++) {
      twiceRanks[above] = (twiceRanks[above] ?? 0) + 2;
    }
    const most = counts[mode] ?? 0;
    if (count + 1 > most || (count + 1 === most && code < mode)) this.mode = code;
  }
}
