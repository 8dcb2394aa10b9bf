/** What the rounds of a run measured. */
import { median } from "../mcp-proxy/statistics.ts";

export interface Spread {
  readonly median: number;
  readonly least: number;
  readonly most: number;
}

/** @returns of nothing, three times NaN */
export function spreadOf(values: readonly number[]): Spread {
  if (values.length === 0) return { median: Number.NaN, least: Number.NaN, most: Number.NaN };
  return { median: median(values), least: Math.min(...values), most: Math.max(...values) };
}

/** Of each round: two figures of one round were measured side by side, and are compared first. */
export function ratiosOf(values: readonly number[], of: readonly number[]): readonly number[] {
  return values.map((value, round) => value / (of[round] ?? Number.NaN));
}

export function lessBy(values: readonly number[], floor: readonly number[]): readonly number[] {
  return values.map((value, round) => value - (floor[round] ?? Number.NaN));
}

/** `24,600 (23,900 to 25,100)`, or the one figure of one round. */
export function spreadText({ median: middle, least, most }: Spread): string {
  if (least === most) return figureText(middle);
  return `${figureText(middle)} (${figureText(least)} to ${figureText(most)})`;
}

/** Three digits that count, and all before the point. */
export function figureText(value: number): string {
  if (!Number.isFinite(value)) return "-";
  const digits =
    Math.abs(value) >= 100 ? 0 : Math.abs(value) >= 10 ? 1 : Math.abs(value) >= 1 ? 2 : 3;
  return value.toLocaleString("en", {
    minimumFractionDigits: digits,
    maximumFractionDigits: digits,
  });
}
