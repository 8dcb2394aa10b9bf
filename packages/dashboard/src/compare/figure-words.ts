/** Figures of a comparison, as a page shows them. */
import { duration, money, short } from "../parts/format.ts";

/** From here on the last digits say nothing. */
const LARGE = 10_000;

/** Where there is nothing to tell. */
export const NOTHING = "–";

export function figureWords(figure: string, value: number): string {
  if (figure === "costUsd") return money(value);
  return figure === "tookMs" ? duration(Math.round(value)) : countWords(value);
}

export function countWords(value: number): string {
  if (value >= LARGE) return short(value);
  return Number.isInteger(value) ? String(value) : value.toFixed(1);
}

export function shareWords(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}

/** The difference of two shares, in percentage points. */
export function pointWords(share: number): string {
  return signed(100 * share, (size) => size.toFixed(1));
}

/** A difference with its sign. */
export function signed(value: number, words: (size: number) => string): string {
  const sign = value > 0 ? "+" : "−";
  return value === 0 ? words(0) : `${sign}${words(Math.abs(value))}`;
}
