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

/** The square of the normal quantile of LEVEL, two-sided. */
export const LEAST_Z2 = 17.76;
/** The same where so many columns share it. */
const Z2_BY_COLUMNS: Readonly<Record<number, number>> = {
  1: LEAST_Z2,
  8: 21.74,
  13: 22.67,
  15: 22.95,
};

/**
 * How surprising loops must be. A workflow that never had one gets the belief of clean workflows and
 * an easier threshold; one that had some is believed by its own count (Jeffreys' prior).
 */
export const LOOPS_OF_CLEAN = { happened: 0.1, not: 20, level: 4e-4 };
export const LOOPS_OF_OTHERS = { happened: 0.5, not: 0.5, level: 6e-5 };
/** One loop proves nothing. */
export const FEWEST_LOOPS = 2;

/** What is found stays until its strength is down to this, so that it does not come and go. */
export const GONE = 0.5;

export interface Threshold {
  /** For exact tests. */
  readonly level: number;
  /** For tests with a normal statistic. */
  readonly z2: number;
}

const THRESHOLDS: ReadonlyMap<Channel, Threshold> = new Map(
  CHANNELS.filter((channel) => channel !== "loops").map((channel) => {
    const { columns } = columnsOf(channel);
    return [channel, { level: LEVEL / columns, z2: Z2_BY_COLUMNS[columns] ?? 0 }];
  }),
);

/**
 * That of one column of a channel.
 *
 * @throws {RangeError} for loops, which have a test of their own
 */
export function thresholdOf(channel: Channel): Threshold {
  const threshold = THRESHOLDS.get(channel);
  if (threshold === undefined) throw new RangeError("no threshold for this channel");
  return threshold;
}
