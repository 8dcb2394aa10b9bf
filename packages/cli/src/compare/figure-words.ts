/** Figures of a comparison as a person reads them. */
import type { FigureName } from "@caum/workflows";

const SECOND_MS = 1_000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
/** From here on the last digits say nothing. */
const LARGE = 10_000;

const compact = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

export const NOT_KNOWN = "not known";
/** A profile names so many tools and kinds of loops: what it does not name may be among the others. */
export const NOT_NAMED = "not named";

export function figureWords(figure: FigureName, value: number): string {
  if (figure === "costUsd") return `$${value.toFixed(4)}`;
  return figure === "tookMs" ? timeWords(value) : countWords(value);
}

export function countWords(value: number): string {
  if (value >= LARGE) return compact.format(value);
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
  const size = words(Math.abs(value));
  return value === 0 ? size : `${value > 0 ? "+" : "-"}${size}`;
}

function timeWords(ms: number): string {
  if (ms < SECOND_MS) return `${Math.round(ms)} ms`;
  if (ms < MINUTE_MS) return `${(ms / SECOND_MS).toFixed(1)} s`;
  return ms < HOUR_MS ? `${(ms / MINUTE_MS).toFixed(1)} min` : `${(ms / HOUR_MS).toFixed(1)} h`;
}
