/** What of a session is stored beside its records and findings. */
import { CompactRange } from "@caum/core/collector";
import type { StructuralRecord } from "@caum/core/verify";
import { NO_PREVIOUS_HASH } from "@caum/core/verify/rules";
import type { SessionAlerts } from "../rows/alert-rows.ts";
import { formatBlindSpot } from "../rows/names/blind-spot.ts";
import { type LoopTotals, NO_LOOPS } from "./figures.ts";
import type { KeptSessionFacts } from "./intake.ts";
import type { SenderChains } from "./sender-chain.ts";
import { NO_TOTALS, type Totals } from "./totals.ts";

/** How far a run has come. */
export interface RunHead {
  readonly runId: string;
  /** The seq that comes next. */
  readonly next: number;
  /** Leaf that the next record must link to; null after a hole. */
  readonly head: string | null;
}

/** The run that the collector writes, and the chains of those it writes for. */
export interface DoorHead extends RunHead {
  /** Absent where nobody makes one. */
  readonly senders?: SenderChains;
}

/** Who wrote a session's runs, as their `open` records say. */
export interface Origins {
  readonly layers: readonly string[];
  readonly views: readonly string[];
  /** Verifier keys of the writers: they may co-sign. */
  readonly writerKeys: readonly string[];
  /** Servers whose tools were called, as the records name them; absent in older rows. */
  readonly servers?: readonly string[];
  /** What writers say that they could not see, each with its writer where it has a name; absent where none does. */
  readonly blind?: readonly string[];
}

/** Subtrees of 2 ** 8 leaves have their roots stored, so that proofs read few leaves. */
export const BLOCK_HEIGHT = 8;

const NO_ORIGINS: Origins = { layers: [], views: [], writerKeys: [] };
export interface SessionRow {
  readonly key: number;
  readonly tenant: number;
  readonly id: string;
  facts: KeptSessionFacts;
  origins: Origins;
  tree: CompactRange;
  /** The run that the collector itself writes, once it has. */
  door: DoorHead | undefined;
  /** Counts the attempts of a sender that starts over under the same id. */
  segment: number;
  /** Index of the first record that is judged. */
  segmentStart: number;
  /** The sender said that the work is over. */
  ended: boolean;
  /** Every run of it was closed by its writer: nobody is at work in it. */
  closed: boolean;
  resolved: boolean | undefined;
  totals: Totals;
  runs: number;
  lastLeaf: string;
  /** When it began and when something happened in it last, by the sender's clock. */
  readonly firstMs: number;
  activeMs: number;
  /** When something arrived last, by the collector's clock: what is new is found by it. */
  lastMs: number;
  /** Loops of the attempts before this one, and of records that were deleted. */
  earlier: LoopTotals;
  /** So many records at the beginning were deleted and left tombstones. */
  readonly buried: number;
  /** Steps that they were of, in the attempt that was the present one then. */
  readonly buriedSteps: number;
  /** Absent while no rule of the tenant has anything to remember. */
  alerts: SessionAlerts | undefined;
}

/** When a session began, in milliseconds since 1970. */
export interface Beginning {
  /** By the collector's clock. */
  readonly receivedMs: number;
  /** By the sender's. */
  readonly startedMs: number;
}

/** When something happened, as its sender says; never later than it arrived. */
export function sentMs(sourceTimestamp: string, receivedMs: number): number {
  const ms = Date.parse(sourceTimestamp);
  return Number.isFinite(ms) ? Math.min(ms, receivedMs) : receivedMs;
}

/** A session that nothing was stored of yet. */
export function newRow(
  place: Pick<SessionRow, "key" | "tenant" | "id">,
  facts: KeptSessionFacts,
  { receivedMs, startedMs }: Beginning,
): SessionRow {
  return {
    ...place,
    facts,
    origins: NO_ORIGINS,
    tree: new CompactRange(),
    door: undefined,
    segment: 1,
    segmentStart: 0,
    ended: false,
    closed: false,
    resolved: undefined,
    totals: NO_TOTALS,
    runs: 0,
    lastLeaf: NO_PREVIOUS_HASH,
    firstMs: startedMs,
    activeMs: startedMs,
    lastMs: receivedMs,
    earlier: NO_LOOPS,
    buried: 0,
    buriedSteps: 0,
    alerts: undefined,
  };
}

/** A session with more servers than this names the first ones. */
const MAX_SERVERS = 16;
/** A session with more writers than this keeps the first ones. */
const MAX_WRITER_KEYS = 16;

/** A session with more blind spots than this names the first ones. */
const MAX_BLIND = 8;
/** The change that a record of the surroundings names, where its writer cannot see something. */
const ADAPTER_BLIND = "adapter_blind";

export function mergedOrigins(
  { layers, views, writerKeys, ...more }: Origins,
  open: { readonly layer: string; readonly view: string; readonly writerKey?: string },
): Origins {
  const { layer, view, writerKey } = open;
  const isNewKey = writerKey !== undefined && !writerKeys.includes(writerKey);
  return {
    ...more,
    layers: layers.includes(layer) ? layers : [...layers, layer],
    views: views.includes(view) ? views : [...views, view],
    writerKeys:
      isNewKey && writerKeys.length < MAX_WRITER_KEYS ? [...writerKeys, writerKey] : writerKeys,
  };
}

export function withServer(origins: Origins, { category, payload }: StructuralRecord): Origins {
  if (category !== "tool_api" || payload.serverTag === undefined) return origins;
  const { servers = [] } = origins;
  if (servers.includes(payload.serverTag) || servers.length >= MAX_SERVERS) return origins;
  return { ...origins, servers: [...servers, payload.serverTag] };
}

export function withBlindSpot(origins: Origins, record: StructuralRecord): Origins {
  const { category, payload, sourceFramework } = record;
  if (category !== "environment" || payload.kind !== ADAPTER_BLIND) return origins;
  if (payload.subject === undefined) return origins;
  const { blind = [] } = origins;
  const spot = formatBlindSpot({ code: payload.subject, writer: sourceFramework });
  if (blind.includes(spot) || blind.length >= MAX_BLIND) return origins;
  return { ...origins, blind: [...blind, spot] };
}
