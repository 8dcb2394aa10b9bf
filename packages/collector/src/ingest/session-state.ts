import {
  type AlertState,
  CompactRange,
  followAlert,
  NO_PREVIOUS_HASH,
  NOTHING_YET,
  QUIET,
  SessionHealth,
  type SessionSummary,
  type StructuralRecord,
  summarize,
} from "@caum/core";
import type { SessionAlerts } from "../alerts/alert-rows.ts";
import { figuresOf, type LoopTotals, loopsWith, NO_LOOPS, type SessionFigures } from "./figures.ts";
import type { SessionFacts, SessionHead } from "./intake.ts";
import { type Standing, standingOf } from "./standing.ts";
import { addTo, type Costs, costsWith, NO_TOTALS, type Totals } from "./totals.ts";

/** How far a run has come. */
export interface RunHead {
  readonly runId: string;
  /** The seq that comes next. */
  readonly next: number;
  /** Leaf that the next record must link to; null after a hole. */
  readonly head: string | null;
}

/** Who wrote a session's runs, as their `open` records say. */
export interface Origins {
  readonly layers: readonly string[];
  readonly views: readonly string[];
  /** Verifier keys of the writers: they may co-sign. */
  readonly writerKeys: readonly string[];
  /** Servers whose tools were called, as the records name them; absent in older rows. */
  readonly servers?: readonly string[];
}

const NO_ORIGINS: Origins = { layers: [], views: [], writerKeys: [] };
/** A session with more servers than this names the first ones. */
const MAX_SERVERS = 16;
/** A session with more writers than this keeps the first ones. */
const MAX_WRITER_KEYS = 16;

/** What of a session is stored beside its records and findings. */
export interface SessionRow {
  readonly key: number;
  readonly tenant: number;
  readonly id: string;
  facts: SessionFacts;
  origins: Origins;
  tree: CompactRange;
  /** The run that the collector itself writes, once it has. */
  door: RunHead | undefined;
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
  /** Loops of the attempts before this one. */
  earlier: LoopTotals;
  /** Absent while no rule of the tenant has anything to remember. */
  alerts: SessionAlerts | undefined;
}

/** The judged part of a session, which is stored now and then and replayed from there. */
export interface Judgement {
  readonly health: ReturnType<SessionHealth["save"]>;
  readonly summary: SessionSummary;
  /** The alert that every session has; absent where it is quiet. */
  readonly alert?: AlertState;
  /** What was spent so far; absent where nobody says what anything cost. */
  readonly costs?: Costs;
}

/** Marks records whose result is the digest of free text that was posted about a step. */
export const STEP_DOOR = "door:step";

/** What the collector knows of a record and the record does not say. */
export function originOf(record: StructuralRecord): { readonly weakContent: boolean } {
  return { weakContent: record.sourceFramework === STEP_DOOR };
}

/** One session in memory: it takes records one by one, and knows how it stands. */
export class SessionState {
  readonly row: SessionRow;
  #health: SessionHealth;
  #summary: SessionSummary;
  #alert: AlertState;
  #costs: Costs;
  #standing: Standing | undefined;
  /** Size of the session when its judgement was last stored. */
  judgedAt: number;

  constructor(row: SessionRow, judgement?: Judgement, judgedAt = row.segmentStart) {
    this.row = row;
    this.#health = judgement ? SessionHealth.restore(judgement.health) : new SessionHealth();
    // What an earlier version stored knows nothing of costs.
    this.#summary = { ...NOTHING_YET, ...judgement?.summary };
    this.#alert = judgement?.alert ?? QUIET;
    this.#costs = judgement?.costs ?? {};
    this.judgedAt = judgedAt;
  }

  /** The same judgement under a later row of the same segment; the state before is of no more use. */
  under(row: SessionRow, judgedAt: number): SessionState {
    const later = new SessionState(row, undefined, judgedAt);
    later.#health = this.#health;
    later.#summary = this.#summary;
    later.#alert = this.#alert;
    later.#costs = this.#costs;
    return later;
  }

  get size(): number {
    return this.row.tree.size;
  }

  get standing(): Standing {
    this.#standing ??= standingOf(this.#health.current(), this.#summary);
    return this.#standing;
  }

  get head(): SessionHead {
    return {
      sessionId: this.row.id,
      size: this.size,
      root: this.row.tree.root,
      runs: this.row.runs,
      standing: this.standing,
    };
  }

  get judgement(): Judgement {
    const alert = this.#alert;
    const isQuiet = !alert.standing && alert.held === 0;
    const costs = this.#costs;
    return {
      health: this.#health.save(),
      summary: this.#summary,
      ...(!isQuiet && { alert }),
      ...(Object.keys(costs).length > 0 && { costs }),
    };
  }

  get summary(): SessionSummary {
    return this.#summary;
  }

  /** Loops of all attempts. */
  get loops(): LoopTotals {
    return loopsWith(this.row.earlier, this.#summary);
  }

  /** Nobody is at work in it any more. */
  get isOver(): boolean {
    return this.row.ended || this.row.closed;
  }

  get workYield(): number {
    return this.#health.workYield;
  }

  get figures(): SessionFigures {
    return figuresOf(this.#summary, this.workYield);
  }

  /** What a later event says of the session stands where nothing was known yet. */
  learnFacts(facts: SessionFacts): void {
    const isNews = Object.keys(facts).some((name) => !Object.hasOwn(this.row.facts, name));
    if (isNews) this.row.facts = { ...facts, ...this.row.facts };
  }

  /** Labels at the end never replace those of the start: a cohort is not chosen by its outcome. */
  learnLabels(labels: Pick<SessionFacts, "workflow" | "cohort">): void {
    const { facts } = this.row;
    const isMarked = labels.cohort !== undefined && facts.cohort === undefined;
    this.learnFacts({ ...labels, ...(isMarked && { isMarkedAtEnd: true }), ...facts });
  }

  /** Takes a record into the tree, the totals and the judgement. */
  take(record: StructuralRecord, leaf: string, receivedMs: number): Standing {
    const { row } = this;
    row.tree.append(leaf);
    row.lastLeaf = leaf;
    row.lastMs = Math.max(row.lastMs, receivedMs);
    if (record.category !== "lifecycle") {
      row.activeMs = Math.max(row.activeMs, sentMs(record.sourceTimestamp, receivedMs));
    }
    row.totals = addTo(row.totals, record, this.#health.layerOf(record));
    this.#noteLifecycle(record);
    this.#noteServer(record);
    const standing = this.judge(record);
    row.closed = this.#health.openRuns === 0;
    return standing;
  }

  /** The judgement alone, for records that are in the tree already. */
  judge(record: StructuralRecord): Standing {
    const { costs, addedNanoUsd } = costsWith(this.#costs, record, this.#health.layerOf(record));
    this.#costs = costs;
    const assessment = this.#health.observe(record, originOf(record));
    this.#summary = summarize(this.#summary, assessment, addedNanoUsd);
    const wasAlerted = this.#alert.standing;
    this.#alert = followAlert(this.#alert, assessment);
    const entersAlert = this.#alert.standing && !wasAlerted;
    const standing = standingOf(assessment, this.#summary);
    this.#standing = entersAlert ? { ...standing, entersAlert } : standing;
    return this.#standing;
  }

  /** The sender starts over: same chain, same run, fresh health. Other writers' runs stay known. */
  beginSegment(): void {
    const { runs } = this.#health.save();
    this.#health = SessionHealth.restore({ ...new SessionHealth().save(), runs });
    this.row.earlier = this.loops;
    this.#summary = NOTHING_YET;
    this.#alert = QUIET;
    this.#costs = {};
    this.#standing = undefined;
    this.row.segment += 1;
    this.row.segmentStart = this.size;
    this.row.ended = false;
    this.row.resolved = undefined;
    // What was stored of the judgement belongs to the segment before.
    this.judgedAt = -1;
  }

  #noteServer(record: StructuralRecord): void {
    if (record.category !== "tool_api" || record.payload.serverTag === undefined) return;
    const { row } = this;
    const { serverTag } = record.payload;
    const servers = row.origins.servers ?? [];
    if (servers.includes(serverTag) || servers.length >= MAX_SERVERS) return;
    row.origins = { ...row.origins, servers: [...servers, serverTag] };
  }

  #noteLifecycle(record: StructuralRecord): void {
    const { row } = this;
    if (record.category !== "lifecycle") {
      row.ended = false;
      return;
    }
    const { payload } = record;
    if (payload.type === "open") {
      row.ended = false;
      row.runs += 1;
      row.facts = mergedFacts(row.facts, record);
      row.origins = mergedOrigins(row.origins, payload);
    } else if (payload.type === "end") {
      row.ended = true;
      row.resolved = payload.resolved === undefined ? undefined : payload.resolved === "true";
    }
  }
}

function mergedOrigins(
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

/** What an `open` record says stands where nothing was known yet. */
function mergedFacts(facts: SessionFacts, record: StructuralRecord): SessionFacts {
  if (record.category !== "lifecycle" || record.payload.type !== "open") return facts;
  const { agentName, team, workflow, taskTag, cohort, baselineCostNanoUsd } = record.payload;
  return {
    ...(agentName !== undefined && { agentName }),
    ...(team !== undefined && { team }),
    ...(workflow !== undefined && { workflow }),
    ...(taskTag !== undefined && { taskTag }),
    ...(cohort !== undefined && { cohort }),
    ...(baselineCostNanoUsd !== undefined && { baselineCostNanoUsd }),
    ...facts,
  };
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
  facts: SessionFacts,
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
    alerts: undefined,
  };
}
