/** A session's row and what it becomes in memory. */
import { CompactRange, type CompactRangeState } from "@caum/core/collector";
import { NOTHING_YET } from "@caum/core/health";
import { decodeStructure } from "@caum/workflows";
import { figuresOf, type LoopTotals, NO_LOOPS, type SessionFigures } from "../../ingest/figures.ts";
import type { SessionRow } from "../../ingest/session-row.ts";
import type { SessionState } from "../../ingest/session-state.ts";
import { decodeStanding } from "../../ingest/standing.ts";
import { NO_TOTALS } from "../../ingest/totals.ts";
import type { SessionFilter, SessionView } from "../store.ts";
import { integer, optional, type Row, text } from "./columns.ts";

/** The columns that change with every group, in the order of {@link changingValues}. */
export const CHANGING_COLUMNS = [
  "facts",
  "origins",
  "agent",
  "size",
  "tree",
  "door",
  "segment",
  "segment_start",
  "ended",
  "resolved",
  "totals",
  "tokens",
  "cost_nano_usd",
  "steps",
  "runs",
  "last_leaf",
  "last_ms",
  "tier",
  "regime",
  "standing",
  "alerts",
  "dropped",
  "figures",
  "active_ms",
  "earlier",
  "loops",
  "loop_steps",
  "loop_cost_nano_usd",
  "worst_tier",
  "structure",
] as const;

export function changingValues(session: SessionState): (string | number | null)[] {
  const { row, standing, loops } = session;
  const { size, hashes } = row.tree.state;
  return [
    textOf(row.facts),
    textOf(row.origins),
    row.facts.agentName ?? row.facts.agentId,
    size,
    hashes,
    row.door === undefined ? null : JSON.stringify(row.door),
    row.segment,
    row.segmentStart,
    endedOf(row),
    row.resolved === undefined ? null : row.resolved ? 1 : 0,
    JSON.stringify(row.totals),
    row.totals.totalTokens,
    row.totals.costNanoUsd,
    standing.step,
    row.runs,
    row.lastLeaf,
    row.lastMs,
    standing.tier,
    standing.regime,
    session.takeStandingText(),
    row.alerts === undefined ? null : textOf(row.alerts),
    row.totals.dropped,
    JSON.stringify(session.figures),
    row.activeMs,
    row.earlier === NO_LOOPS ? null : textOf(row.earlier),
    loops.count,
    loops.steps,
    loops.costNanoUsd,
    loops.worstTier,
    session.structureText,
  ];
}

const ENDED = 1;
const CLOSED = 2;

/** What the column `ended` holds: 0 while somebody is at work, else who said that it is over. */
function endedOf({ ended, closed }: SessionRow): number {
  if (ended) return ENDED;
  return closed ? CLOSED : 0;
}

const texts = new WeakMap<object, string>();

/** Facts, origins and alerts are replaced when they change, which is seldom. */
function textOf(value: object): string {
  const known = texts.get(value);
  if (known !== undefined) return known;
  const text = JSON.stringify(value);
  texts.set(value, text);
  return text;
}

export function treeStateOf(row: Row): CompactRangeState {
  return { size: integer(row, "size"), hashes: text(row, "tree") };
}

/** The row as the ingest path goes on with it. */
export function sessionRowOf(row: Row): SessionRow {
  const door = optional(row, "door", text);
  const alerts = optional(row, "alerts", text);
  const earlier = optional(row, "earlier", text);
  return {
    ...shared(row),
    tenant: integer(row, "tenant"),
    tree: CompactRange.restore(treeStateOf(row)),
    door: door === undefined ? undefined : JSON.parse(door),
    ended: integer(row, "ended") === ENDED,
    closed: integer(row, "ended") === CLOSED,
    earlier: earlier === undefined ? NO_LOOPS : JSON.parse(earlier),
    buried: integer(row, "buried"),
    buriedSteps: integer(row, "buried_steps"),
    alerts: alerts === undefined ? undefined : JSON.parse(alerts),
  };
}

/** The row as lists and pages show it. */
export function sessionViewOf(row: Row): SessionView {
  return {
    ...shared(row),
    tree: treeStateOf(row),
    ended: integer(row, "ended") !== 0,
    standing: decodeStanding(text(row, "standing")),
    figures: figuresIn(row),
    loops: loopsIn(row),
    acknowledged: acknowledgedIn(row),
    // Most readers of a list do not ask for it.
    get structure() {
      const structure = optional(row, "structure", text);
      return structure === undefined ? undefined : decodeStructure(structure);
    },
  };
}

export function loopsIn(row: Row): LoopTotals {
  return {
    count: integer(row, "loops"),
    steps: integer(row, "loop_steps"),
    costNanoUsd: integer(row, "loop_cost_nano_usd"),
    // Only `changingValues` and a migration write it.
    worstTier: text(row, "worst_tier") as LoopTotals["worstTier"],
  };
}

function acknowledgedIn(row: Row): SessionView["acknowledged"] {
  const atMs = optional(row, "acknowledged_ms", integer);
  if (atMs === undefined) return undefined;
  const loops = integer(row, "acknowledged_loops");
  return { atMs, by: optional(row, "acknowledged_by", text), loops };
}

const NO_FIGURES: SessionFigures = figuresOf(NOTHING_YET, 0);

/** Absent in rows of an earlier layout that nothing was added to since. */
function figuresIn(row: Row): SessionFigures {
  const figures = optional(row, "figures", text);
  return figures === undefined ? NO_FIGURES : { ...NO_FIGURES, ...JSON.parse(figures) };
}

function shared(row: Row) {
  return {
    key: integer(row, "key"),
    id: text(row, "id"),
    // Only `changingValues` writes these texts.
    facts: JSON.parse(text(row, "facts")) as SessionRow["facts"],
    origins: JSON.parse(text(row, "origins")) as SessionRow["origins"],
    totals: { ...NO_TOTALS, ...(JSON.parse(text(row, "totals")) as SessionRow["totals"]) },
    segment: integer(row, "segment"),
    segmentStart: integer(row, "segment_start"),
    resolved: resolvedOf(row),
    runs: integer(row, "runs"),
    lastLeaf: text(row, "last_leaf"),
    firstMs: integer(row, "first_ms"),
    lastMs: integer(row, "last_ms"),
    activeMs: optional(row, "active_ms", integer) ?? integer(row, "last_ms"),
  };
}

function resolvedOf(row: Row): boolean | undefined {
  const resolved = optional(row, "resolved", integer);
  return resolved === undefined ? undefined : resolved === 1;
}

/** What a filter asks of loops, in words of SQL that both stores know. */
export function loopConditions({ hadLoop, isMarked }: SessionFilter): readonly string[] {
  return [
    ...(hadLoop === undefined ? [] : [hadLoop ? "loops > 0" : "loops = 0"]),
    ...(isMarked === undefined ? [] : [isMarked ? MARKED : `not (${MARKED})`]),
  ];
}

/** The first half lets an index find them. */
const MARKED = "loops > 0 and loops > acknowledged_loops";
