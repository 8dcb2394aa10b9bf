/** Costs are recorded as whole nano-dollars. */
export const NANO_USD_PER_USD = 1e9;
