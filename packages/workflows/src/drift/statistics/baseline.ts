/** What is normal: how the sessions of a stable stretch are spread, column by column. */
import { COLUMNS, NUMBERS } from "../reading/channel.ts";
import { LEVELS } from "../reading/level.ts";
import { BUCKETS, type Reading, UNKNOWN } from "../reading/reading.ts";

/** Counts are bytes; what is normal needs no more sessions than this. */
export const MOST_SESSIONS = 200;

/** First count of each column, one after the other; the last entry is where they end. */
export const COLUMN_STARTS: readonly number[] = Array.from({ length: COLUMNS + 1 }, (_, column) =>
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
  /** The code that most sessions have. */
  readonly mode: number;
}

export class Baseline {
  readonly counts: Uint8Array;
  #sessions: number;
  #sinceMs: number;
  #untilMs: number;
  #spreads: (Spread | undefined)[] = [];

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

  /** When its first and its last session began, in milliseconds since 1970. */
  get sinceMs(): number {
    return this.#sinceMs;
  }

  get untilMs(): number {
    return this.#untilMs;
  }

  /** A full baseline stays as it is. */
  add({ codes, startedMs }: Reading): void {
    if (this.#sessions >= MOST_SESSIONS) return;
    for (let column = 0; column < COLUMNS; column++) {
      const code = codes[column] ?? UNKNOWN;
      const at = (COLUMN_STARTS[column] ?? 0) + code;
      if (code !== UNKNOWN) this.counts[at] = (this.counts[at] ?? 0) + 1;
    }
    this.#sinceMs = this.#sessions === 0 ? startedMs : Math.min(this.#sinceMs, startedMs);
    this.#untilMs = Math.max(this.#untilMs, startedMs);
    this.#sessions += 1;
    this.#spreads = [];
  }

  spread(column: number): Spread {
    const known = this.#spreads[column];
    if (known !== undefined) return known;
    const from = COLUMN_STARTS[column] ?? 0;
    const spread = spreadOf(this.counts.subarray(from, COLUMN_STARTS[column + 1]));
    this.#spreads[column] = spread;
    return spread;
  }
}

function spreadOf(counts: Uint8Array): Spread {
  const twiceRanks = new Uint16Array(counts.length);
  let [total, ties, mode] = [0, 0, 0];
  for (let code = 0; code < counts.length; code++) {
    const count = counts[code] ?? 0;
    twiceRanks[code] = 2 * total + count;
    total += count;
    ties += count * count * count - count;
    if (count > (counts[mode] ?? 0)) mode = code;
  }
  return { counts, total, twiceRanks, ties, mode };
}
