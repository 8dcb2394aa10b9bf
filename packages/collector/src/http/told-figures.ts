/** Figures as answers tell them: costs in dollars, scores and amounts without digits that mean nothing. */

/** Costs are kept as whole nano-dollars. */
const NANO_USD_PER_USD = 1e9;

export function usdOf(costNanoUsd: number): number {
  return costNanoUsd / NANO_USD_PER_USD;
}

export function nanoUsdOf(costUsd: number): number {
  return Math.round(costUsd * NANO_USD_PER_USD);
}

/** A score with four decimals: more would pretend to know more. */
export function rounded(score: number): number {
  return Math.round(score * 10_000) / 10_000;
}

/** An amount with six decimals: a micro-dollar, and far below what any interval tells apart. */
export function roundedAmount(amount: number): number {
  // Without the addition a small negative number would be written as -0.
  return Math.round(amount * 1e6) / 1e6 + 0;
}
