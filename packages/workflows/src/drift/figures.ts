/** From what to what something moved. */

import { bucketMiddle } from "../profile/log-histogram.ts";
import { OPERATIONS } from "../profile/session-profile.ts";
import type { Movement } from "./movement.ts";
import { type Channel, columnsOf, NUMBERS, SHARES } from "./reading/channel.ts";
import { shareOf } from "./reading/level.ts";
import {
  bitsOf,
  bitsOfCode,
  COMPARED_BUCKETS,
  COST_UNIT_NANO_USD,
  type Reading,
  SHARE_UNIT,
  SHOWN_BUCKETS,
  shareOfCode,
  UNKNOWN,
  UNKNOWN_NUMBER,
} from "./reading/reading.ts";
import {
  type IntervalEstimate,
  meanEstimate,
  medianEstimate,
  shareEstimate,
} from "./statistics/interval.ts";
import type { StateParts } from "./workflow-state.ts";

/** The unit of what a card says of a channel. */
export const UNITS = {
  length: "steps",
  retries: "share_of_calls",
  failures: "share_of_calls",
  tokens: "tokens",
  cost: "nano_usd",
  duration: "ms",
  operations: "share_of_calls",
  order: "bits",
  transitions: "share_of_transitions",
  tools: "share_of_calls",
  models: "share_of_turns",
  loops: "share_of_sessions",
} as const satisfies Readonly<Record<Channel, string>>;

/** From what to what something moved, in the unit of its channel. */
export interface Figures {
  /** In the baseline: a median of what is counted or spent, a mean of what is a share. */
  readonly from: number;
  /** The same of the sessions since it moved, as far as they are remembered. */
  readonly to: IntervalEstimate;
  /** How many of those are known. */
  readonly sessions: number;
}

export function figuresOf(parts: StateParts, movement: Movement): Figures {
  const { ring, sessions } = parts;
  const since = Math.min(ring.length, sessions - movement.since.session + 1);
  const readings = ring.readings.slice(-since);
  if (movement.channel === "loops") return loopFigures(parts, readings);
  const { from, columns } = columnsOf(movement.channel);
  const column = from + movement.column;
  return columns === 1
    ? numberFigures(parts, readings, column)
    : shareFigures(parts, readings, column);
}

function loopFigures({ loops }: StateParts, readings: readonly Reading[]): Figures {
  const looped = readings.filter((reading) => reading.looped).length;
  return {
    from: loops.sessions === 0 ? 0 : loops.looped / loops.sessions,
    to: shareEstimate(looped, readings.length),
    sessions: readings.length,
  };
}

function shareFigures(
  { baseline }: StateParts,
  readings: readonly Reading[],
  column: number,
): Figures {
  const { counts, total } = baseline.spread(column);
  const shares = readings.flatMap(({ codes }) => {
    const code = codes[column] ?? UNKNOWN;
    return code === UNKNOWN ? [] : [shareOf(code)];
  });
  let sum = 0;
  for (const [level, count] of counts.entries()) sum += count * shareOf(level);
  const all = shares.reduce((one, other) => one + other, 0);
  return {
    from: sum / Math.max(1, total),
    to: shareEstimate(all, Math.max(1, shares.length)),
    sessions: shares.length,
  };
}

/** How a column of numbers is shown: what its numbers and codes stand for, by a mean or by a median. */
interface Presentation {
  readonly ofNumber: (fine: number) => number;
  readonly ofCode: (code: number) => number;
  readonly estimate: (values: readonly number[]) => IntervalEstimate;
  readonly isMean: boolean;
}

const amountsOf = (unit: number): Presentation => ({
  ofNumber: (fine) => bucketMiddle(fine, SHOWN_BUCKETS) * unit,
  ofCode: (code) => bucketMiddle(code, COMPARED_BUCKETS) * unit,
  estimate: medianEstimate,
  isMean: false,
});
const AMOUNT = amountsOf(1);
const SHARE: Presentation = {
  ofNumber: (fine) => bucketMiddle(fine, SHOWN_BUCKETS) * SHARE_UNIT,
  ofCode: shareOfCode,
  estimate: (values) =>
    shareEstimate(
      values.reduce((sum, value) => sum + value, 0),
      values.length,
    ),
  isMean: true,
};
const PRESENTATIONS: Readonly<Record<(typeof NUMBERS)[number], Presentation>> = {
  length: AMOUNT,
  retries: SHARE,
  failures: SHARE,
  tokens: AMOUNT,
  cost: amountsOf(COST_UNIT_NANO_USD),
  duration: AMOUNT,
  order: { ofNumber: bitsOf, ofCode: bitsOfCode, estimate: meanEstimate, isMean: true },
};

function numberFigures(
  { baseline }: StateParts,
  readings: readonly Reading[],
  column: number,
): Figures {
  const { ofNumber, ofCode, estimate, isMean } = PRESENTATIONS[NUMBERS[column] ?? "length"];
  const values = readings.flatMap(({ numbers }) => {
    const fine = numbers[column] ?? UNKNOWN_NUMBER;
    return fine === UNKNOWN_NUMBER ? [] : [ofNumber(fine)];
  });
  const { counts, total } = baseline.spread(column);
  return {
    from: isMean ? meanOf(counts, total, ofCode) : medianOf(counts, total, ofCode),
    to: estimate(values.length === 0 ? [0] : values),
    sessions: values.length,
  };
}

function meanOf(counts: Uint8Array, total: number, ofCode: (code: number) => number): number {
  let sum = 0;
  for (const [code, count] of counts.entries()) if (count > 0) sum += count * ofCode(code);
  return sum / Math.max(1, total);
}

function medianOf(counts: Uint8Array, total: number, ofCode: (code: number) => number): number {
  let seen = 0;
  for (const [code, count] of counts.entries()) {
    seen += count;
    if (2 * seen >= total) return ofCode(code);
  }
  return 0;
}

/** What of a channel moved: an operation, `search>write`, a tool, a model; else nothing. */
export function nameOfColumn(
  { vocabulary, otherModel, otherTool }: StateParts,
  { channel, column }: Movement,
): string | undefined {
  switch (channel) {
    case "operations":
      return OPERATIONS[column];
    case "transitions": {
      const place = vocabulary.transitions[column];
      if (place === undefined) return "other";
      const from = OPERATIONS[Math.floor(place / OPERATIONS.length)];
      return `${from}>${OPERATIONS[place % OPERATIONS.length]}`;
    }
    case "tools":
      return vocabulary.tools[column] ?? lastOf(column, SHARES.tools.columns, otherTool);
    case "models":
      return vocabulary.models[column] ?? lastOf(column, SHARES.models.columns, otherModel);
    default:
      return undefined;
  }
}

/** The last column is that of all other names; the latest of them stands for them. */
function lastOf(column: number, columns: number, latest: string | undefined): string | undefined {
  return column === columns - 1 ? (latest ?? "other") : undefined;
}
