import type { Layer } from "@caum/core";
import type { StructuralRecord } from "@caum/core/verify";
import type { LinkCounts } from "./sender-chain.ts";

/** Sums of what records say. */
interface Sums {
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly totalTokens: number;
  readonly costNanoUsd: number;
  readonly durationMs: number;
}

const NO_SUMS: Sums = {
  inputTokens: 0,
  outputTokens: 0,
  totalTokens: 0,
  costNanoUsd: 0,
  durationMs: 0,
};

/**
 * What a session used, as its records say.
 *
 * A call or a model turn may be told by two layers, a framework and the client below it, so layers
 * are summed apart: each figure is that of the layer that tells of the most.
 */
export interface Totals extends Sums {
  /** Events that a writer could not record or no longer has, as its `drop` and `hole` records say. */
  readonly dropped: number;
  /** How the links of senders' own chains came out; absent where nobody made one. */
  readonly links?: LinkCounts;
  /** Which layer the figures are of; absent until one told of any. */
  readonly layer?: Layer;
  /** Each layer's sums, once there are two. */
  readonly byLayer?: Readonly<Partial<Record<Layer, Sums>>>;
}

export const NO_TOTALS: Totals = { ...NO_SUMS, dropped: 0 };

/**
 * Adds one record. A total that was not given is the sum of what was.
 *
 * @param layer that of the record's run
 */
export function totalsWith(totals: Totals, record: StructuralRecord, layer: Layer): Totals {
  const lost = lostWith(record);
  if (lost > 0) return { ...totals, dropped: capped(totals.dropped + lost) };
  const told = sumsOf(record);
  if (told === undefined) return totals;
  const { layer: first = layer, byLayer } = totals;
  if (byLayer === undefined && layer === first) {
    return { ...totals, layer, ...combined(totals, told, plus) };
  }
  const layers = byLayer ?? { [first]: combined(totals, NO_SUMS, plus) };
  const sums = combined(layers[layer] ?? NO_SUMS, told, plus);
  return {
    ...totals,
    ...combined(totals, sums, Math.max),
    byLayer: { ...layers, [layer]: sums },
  };
}

/** What layers told that records cost, in nano-dollars. */
export type Costs = Readonly<Partial<Record<Layer, number>>>;

/** Adds one record. What it adds to the session's cost is what the most expensive layer grows by. */
export function costsWith(
  costs: Costs,
  record: StructuralRecord,
  layer: Layer,
): { readonly costs: Costs; readonly addedNanoUsd: number } {
  const cost = "costNanoUsd" in record.payload ? (record.payload.costNanoUsd ?? 0) : 0;
  if (cost === 0) return { costs, addedNanoUsd: 0 };
  const later = { ...costs, [layer]: plus(costs[layer] ?? 0, cost) };
  return { costs: later, addedNanoUsd: highest(later) - highest(costs) };
}

function highest(costs: Costs): number {
  return Math.max(0, ...Object.values(costs));
}

/** What one record says; absent where it says nothing. */
function sumsOf({ category, payload }: StructuralRecord): Sums | undefined {
  if (category !== "tool_api" && category !== "reasoning") return undefined;
  const inputTokens = payload.inputTokens ?? 0;
  const outputTokens = payload.outputTokens ?? 0;
  const given = "totalTokens" in payload ? payload.totalTokens : undefined;
  const totalTokens = given ?? inputTokens + outputTokens;
  const costNanoUsd = payload.costNanoUsd ?? 0;
  const durationMs = payload.durationMs ?? 0;
  const saysNothing = inputTokens + outputTokens + totalTokens + costNanoUsd + durationMs === 0;
  if (saysNothing) return undefined;
  return { inputTokens, outputTokens, totalTokens, costNanoUsd, durationMs };
}

function combined(one: Sums, other: Sums, combine: (a: number, b: number) => number): Sums {
  return {
    inputTokens: combine(one.inputTokens, other.inputTokens),
    outputTokens: combine(one.outputTokens, other.outputTokens),
    totalTokens: combine(one.totalTokens, other.totalTokens),
    costNanoUsd: combine(one.costNanoUsd, other.costNanoUsd),
    durationMs: combine(one.durationMs, other.durationMs),
  };
}

/** Sums of hostile numbers stay integers. */
function plus(a: number, b: number): number {
  return capped(a + b);
}

/** How many events a record declares as lost. */
function lostWith(record: StructuralRecord): number {
  if (record.category !== "lifecycle") return 0;
  const { payload } = record;
  if (payload.type === "drop") return payload.count;
  return payload.type === "hole" ? Math.max(0, payload.to - payload.from + 1) : 0;
}

function capped(value: number): number {
  return Math.min(value, Number.MAX_SAFE_INTEGER);
}
