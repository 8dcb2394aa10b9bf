/**
 * What a token costs, so that a call has a cost where its host gives none. A model that is not in
 * the table has no cost at all, never 0.
 */

/** Prices of one model in nano-dollars per token: 1 US dollar per million tokens is 1,000. */
export interface ModelPrice {
  readonly inputNanoUsd: number;
  readonly outputNanoUsd: number;
  /** Input that came out of the prompt cache; the price of input when absent. */
  readonly cacheReadNanoUsd?: number | undefined;
  /** Input that was written to the prompt cache; the price of input when absent. */
  readonly cacheWriteNanoUsd?: number | undefined;
}

export type PriceTable = Readonly<Record<string, ModelPrice>>;

/** Tokens of one call. Input holds everything that was read, also through the cache. */
export interface TokenCounts {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
}

/** Where the table comes from. List prices of the standard tier, without batch or region factors. */
export const PRICE_SOURCES = {
  asOf: "2026-11-21",
  openai: "https://developers.openai.com/api/docs/pricing",
  anthropic: "https://platform.claude.com/docs/en/about-claude/pricing",
} as const;

/** US dollars per million tokens, as the price lists say it: input, cached input, output. */
const OPENAI: Readonly<Record<string, readonly [number, number, number]>> = {
  "gpt-5.5": [5, 0.5, 30],
  "gpt-5.4": [2.5, 0.25, 15],
  "gpt-5.4-mini": [0.75, 0.075, 4.5],
  "gpt-5.4-nano": [0.2, 0.02, 1.25],
  "gpt-5.2": [1.75, 0.175, 14],
  "gpt-5.1": [1.25, 0.125, 10],
  "gpt-5": [1.25, 0.125, 10],
  "gpt-5-mini": [0.25, 0.025, 2],
  "gpt-5-nano": [0.05, 0.005, 0.4],
  "gpt-4.1": [2, 0.5, 8],
  "gpt-4.1-mini": [0.4, 0.1, 1.6],
  "gpt-4.1-nano": [0.1, 0.025, 0.4],
  "gpt-4o": [2.5, 1.25, 10],
  "gpt-4o-mini": [0.15, 0.075, 0.6],
  o3: [2, 0.5, 8],
  "o3-mini": [1.1, 0.55, 4.4],
  "o4-mini": [1.1, 0.275, 4.4],
  o1: [15, 7.5, 60],
};

/** Input, cache read, output; a write for five minutes costs 1.25 times the input. */
const ANTHROPIC: Readonly<Record<string, readonly [number, number, number]>> = {
  "claude-opus-5": [5, 0.5, 25],
  "claude-opus-4-8": [5, 0.5, 25],
  "claude-opus-4-7": [5, 0.5, 25],
  "claude-opus-4-6": [5, 0.5, 25],
  "claude-opus-4-5": [5, 0.5, 25],
  "claude-opus-4-1": [15, 1.5, 75],
  "claude-opus-4": [15, 1.5, 75],
  "claude-sonnet-4-6": [3, 0.3, 15],
  "claude-sonnet-4-5": [3, 0.3, 15],
  "claude-sonnet-4": [3, 0.3, 15],
  "claude-3-7-sonnet": [3, 0.3, 15],
  "claude-haiku-4-5": [1, 0.1, 5],
  "claude-3-5-haiku": [0.8, 0.08, 4],
};

const CACHE_WRITE_FACTOR = 1.25;
const NANO_USD_PER_TOKEN = 1_000;

export const DEFAULT_PRICES: PriceTable = {
  ...priced(OPENAI, undefined),
  ...priced(ANTHROPIC, CACHE_WRITE_FACTOR),
};

/** What a vendor appends to the name of a model: the date of a snapshot, or `latest`. */
const SNAPSHOT = /[-@](?:\d{4}-\d{2}-\d{2}|\d{8}|latest)$/;
/** What a gateway puts before it. */
const GATEWAY = /^(?:openai|anthropic)[/.]/;

/**
 * The cost of one call in nano-dollars.
 *
 * @param prices entries that come before the built-in ones
 * @returns undefined when the model or one of the two token counts is unknown
 */
export function costOf(
  model: string | undefined,
  tokens: TokenCounts,
  prices: PriceTable = {},
): number | undefined {
  const price = model === undefined ? undefined : priceOf(model, prices);
  const { inputTokens, outputTokens, cacheReadTokens = 0, cacheWriteTokens = 0 } = tokens;
  if (price === undefined || inputTokens === undefined || outputTokens === undefined) {
    return undefined;
  }
  const { inputNanoUsd, outputNanoUsd } = price;
  const fresh = Math.max(0, inputTokens - cacheReadTokens - cacheWriteTokens);
  return Math.round(
    fresh * inputNanoUsd +
      cacheReadTokens * (price.cacheReadNanoUsd ?? inputNanoUsd) +
      cacheWriteTokens * (price.cacheWriteNanoUsd ?? inputNanoUsd) +
      outputTokens * outputNanoUsd,
  );
}

/** The price of a model: under its own name first, then without gateway and snapshot. */
function priceOf(model: string, prices: PriceTable): ModelPrice | undefined {
  const plain = model.replace(GATEWAY, "");
  for (const name of [model, plain, plain.replace(SNAPSHOT, "")]) {
    const price = own(prices, name) ?? own(DEFAULT_PRICES, name);
    if (price !== undefined) return price;
  }
  return undefined;
}

function own(prices: PriceTable, name: string): ModelPrice | undefined {
  return Object.hasOwn(prices, name) ? prices[name] : undefined;
}

function priced(
  list: Readonly<Record<string, readonly [number, number, number]>>,
  cacheWriteFactor: number | undefined,
): PriceTable {
  const entries = Object.entries(list).map(([model, [input, cacheRead, output]]) => {
    const price: ModelPrice = {
      inputNanoUsd: input * NANO_USD_PER_TOKEN,
      outputNanoUsd: output * NANO_USD_PER_TOKEN,
      cacheReadNanoUsd: cacheRead * NANO_USD_PER_TOKEN,
      ...(cacheWriteFactor === undefined
        ? {}
        : { cacheWriteNanoUsd: input * cacheWriteFactor * NANO_USD_PER_TOKEN }),
    };
    return [model, price] as const;
  });
  return Object.fromEntries(entries);
}
