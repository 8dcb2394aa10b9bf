/** What is tested of a session, column by column. */
import { OPERATIONS } from "../../profile/session-profile.ts";

/** What may move, as a card names it. */
export const CHANNELS = [
  "length",
  "retries",
  "failures",
  "tokens",
  "cost",
  "duration",
  "operations",
  "order",
  "transitions",
  "tools",
  "models",
  "loops",
] as const;
export type Channel = (typeof CHANNELS)[number];

/**
 * One number of each session: a count of steps, a share of its calls, what it spent, or how little its
 * operations were to be expected after each other.
 */
export const NUMBERS = [
  "length",
  "retries",
  "failures",
  "tokens",
  "cost",
  "duration",
  "order",
] as const;

/** Each operation, the commonest transitions, tools and models have a column; all others one. */
export const TRANSITIONS = 14;
export const TOOLS = 7;
export const MODELS = 7;

/** First column of each channel of shares, and how many it has; numbers come before them. */
export const SHARES = {
  operations: { from: 0, columns: OPERATIONS.length },
  transitions: { from: OPERATIONS.length, columns: TRANSITIONS + 1 },
  tools: { from: OPERATIONS.length + TRANSITIONS + 1, columns: TOOLS + 1 },
  models: { from: OPERATIONS.length + TRANSITIONS + TOOLS + 2, columns: MODELS + 1 },
} as const;
const SHARE_COLUMNS = SHARES.models.from + SHARES.models.columns;
export const COLUMNS = NUMBERS.length + SHARE_COLUMNS;

interface Columns {
  readonly from: number;
  readonly columns: number;
}

const COLUMNS_OF: ReadonlyMap<Channel, Columns> = new Map(
  CHANNELS.map((channel): readonly [Channel, Columns] => {
    if (channel === "loops") return [channel, { from: 0, columns: 0 }];
    const at = (NUMBERS as readonly string[]).indexOf(channel);
    if (at >= 0) return [channel, { from: at, columns: 1 }];
    // What is no number and no loop has shares.
    const { from, columns } = SHARES[channel as keyof typeof SHARES];
    return [channel, { from: from + NUMBERS.length, columns }];
  }),
);
const NO_COLUMNS: Columns = { from: 0, columns: 0 };

/** The columns of a channel, counted with the numbers; none of loops. */
export function columnsOf(channel: Channel): Columns {
  return COLUMNS_OF.get(channel) ?? NO_COLUMNS;
}
