/** From where on something counts as moved; docs/workflows.md has what was measured with these. */
import { CHANNELS, type Channel, columnsOf } from "../reading/channel.ts";

/** Latest sessions that are held against the baseline; a look tests the last 5, 10, 20 and 40. */
export const WINDOW = 40;
export const LOOKS = [5, 10, 20, WINDOW] as const;

/**
 * How likely a look at one channel may be to find something where nothing moved, by the test's own
 * count; two-sided. The columns of a channel share it.
 */
export const LEVEL = 2.5e-5;
/** The same where people ask for the most and little is found: it is spent unevenly. */
export const EASIER_LEVEL = 5e-5;
const EASIER: ReadonlySet<Channel> = new Set(["order", "retries"]);

/** Squares of the normal quantiles of a level, two-sided, and of half of it. */
export const LEAST_Z2 = 16.45;
const Z2_OF_EASIER = [LEAST_Z2, 17.76] as const;
/** Of LEVEL, where so many columns share it. */
const Z2_BY_COLUMNS: Readonly<Record<number, readonly [whole: number, half: number]>> = {
  1: [17.76, 19.09],
  8: [21.74, 23.07],
  13: [22.67, 24.0],
  15: [22.95, 24.28],
};

/**
 * How surprising loops must be. A workflow that never had one gets the belief of clean workflows and
 * an easier threshold; one that had some is believed by its own count (Jeffreys' prior).
 */
export const LOOPS_OF_CLEAN = { happened: 0.1, not: 20, level: 4e-4 };
export const LOOPS_OF_OTHERS = { happened: 0.5, not: 0.5, level: 3e-5 };
/** With fewer sessions that are known as normal the level is lower in proportion: they may only seem clean. */
export const SESSIONS_OF_LEVEL = 200;
/** One loop proves nothing. */
export const FEWEST_LOOPS = 2;

/** What is found stays until its strength is down to this, so that it does not come and go. */
export const GONE = 0.5;

/** For a test with a normal statistic, and for one that is exact. */
interface Threshold {
  readonly ranks: number;
  readonly rare: number;
}

export interface ColumnThreshold extends Threshold {
  /** Where both are looked at. */
  readonly both: Threshold;
}

const THRESHOLDS: ReadonlyMap<Channel, ColumnThreshold> = new Map(
  CHANNELS.filter((channel) => channel !== "loops").map((channel) => {
    const { columns } = columnsOf(channel);
    const isEasier = EASIER.has(channel);
    const rare = (isEasier ? EASIER_LEVEL : LEVEL) / columns;
    const [ranks, half] = isEasier ? Z2_OF_EASIER : (Z2_BY_COLUMNS[columns] ?? [0, 0]);
    return [channel, { rare, ranks, both: { rare: rare / 2, ranks: half } }];
  }),
);

/**
 * That of one column of a channel.
 *
 * @throws {RangeError} for loops, which have a test of their own
 */
export function thresholdOf(channel: Channel): ColumnThreshold {
  const threshold = THRESHOLDS.get(channel);
  if (threshold === undefined) throw new RangeError("no threshold for this channel");
  return threshold;
}
