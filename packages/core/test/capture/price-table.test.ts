import { expect, test } from "vitest";
import { costOf, DEFAULT_PRICES, PRICE_SOURCES } from "../../src/capture/price-table.ts";

const MILLION = { inputTokens: 1_000_000, outputTokens: 1_000_000 };

test("a million tokens cost what the price list says, in nano-dollars", () => {
  expect(costOf("gpt-5", MILLION)).toBe(11.25e9);
  expect(costOf("claude-sonnet-4-5", MILLION)).toBe(18e9);
});

test("tokens out of the cache and into it have prices of their own", () => {
  const tokens = { inputTokens: 1_000, outputTokens: 0, cacheReadTokens: 400 };
  expect(costOf("gpt-5", tokens)).toBe(600 * 1_250 + 400 * 125);
  const written = { ...tokens, cacheWriteTokens: 100 };
  expect(costOf("claude-sonnet-4-5", written)).toBe(500 * 3_000 + 400 * 300 + 100 * 3_750);
});

test("a snapshot and a gateway's name find the price of the model", () => {
  const price = costOf("gpt-4o-mini", MILLION);
  expect(costOf("gpt-4o-mini-2024-07-18", MILLION)).toBe(price);
  expect(costOf("openai/gpt-4o-mini", MILLION)).toBe(price);
  expect(costOf("claude-sonnet-4-20250514", MILLION)).toBe(costOf("claude-sonnet-4", MILLION));
});

test("an unknown model or an unknown count has no cost, never 0", () => {
  for (const model of ["gpt-99", "__proto__", "toString", "gpt-5-turbo-hyper", undefined]) {
    expect(costOf(model, MILLION)).toBeUndefined();
  }
  expect(costOf("gpt-5", { inputTokens: 5 })).toBeUndefined();
  expect(costOf("gpt-5", { inputTokens: 0, outputTokens: 0 })).toBe(0);
});

test("the user's own prices come first, and a price below a nano-dollar a token is rounded once", () => {
  const prices = {
    "gpt-5": { inputNanoUsd: 0.4, outputNanoUsd: 1 },
    mine: { inputNanoUsd: 7, outputNanoUsd: 9 },
  };
  expect(costOf("gpt-5", { inputTokens: 10, outputTokens: 1 }, prices)).toBe(5);
  expect(costOf("mine", { inputTokens: 1, outputTokens: 1 }, prices)).toBe(16);
});

test("the table says when and where it was read, and holds only sound prices", () => {
  expect(PRICE_SOURCES.asOf).toMatch(/^\d{4}-\d{2}-\d{2}$/);
  for (const [model, price] of Object.entries(DEFAULT_PRICES)) {
    expect(price.inputNanoUsd, model).toBeGreaterThan(0);
    expect(price.outputNanoUsd, model).toBeGreaterThan(price.inputNanoUsd);
    expect(price.cacheReadNanoUsd, model).toBeLessThan(price.inputNanoUsd);
  }
});
