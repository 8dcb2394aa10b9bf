import type { StructuralRecord } from "@caum/core";

/** What a session used, as its records say. */
export interface Totals {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly costNanoUsd: number;
  readonly durationMs: number;
  /** Events that a writer could not record or no longer has, as its `drop` and `hole` records say. */
  readonly dropped: number;
}

export const NO_TOTALS: Totals = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costNanoUsd: 0,
  durationMs: 0,
  dropped: 0,
};

/** Adds one record. A total that was not given is the sum of what was. */
export function addTo(totals: Totals, record: StructuralRecord): Totals {
  const lost = lostWith(record);
  if (lost > 0) return { ...totals, dropped: capped(totals.dropped + lost) };
  if (record.category !== "tool_api" && record.category !== "reasoning") return totals;
  const { payload } = record;
  const input = payload.inputTokens ?? 0;
  const output = payload.outputTokens ?? 0;
  const total = ("totalTokens" in payload ? payload.totalTokens : undefined) ?? input + output;
  const cost = payload.costNanoUsd ?? 0;
  const duration = payload.durationMs ?? 0;
  if (input + output + total + cost + duration === 0) return totals;
  return {
    ...totals,
    inputTokens: capped(totals.inputTokens + input),
    outputTokens: capped(totals.outputTokens + output),
    totalTokens: capped(totals.totalTokens + total),
    costNanoUsd: capped(totals.costNanoUsd + cost),
    durationMs: capped(totals.durationMs + duration),
  };
}

/** What one record cost, in nano-dollars. */
export function costOf({ payload }: StructuralRecord): number {
  return "costNanoUsd" in payload ? (payload.costNanoUsd ?? 0) : 0;
}

/** How many events a record declares as lost. */
function lostWith(record: StructuralRecord): number {
  if (record.category !== "lifecycle") return 0;
  const { payload } = record;
  if (payload.type === "drop") return payload.count;
  return payload.type === "hole" ? Math.max(0, payload.to - payload.from + 1) : 0;
}

/** Sums of hostile numbers stay integers. */
function capped(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}
