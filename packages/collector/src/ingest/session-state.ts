import {
  type AlertState,
  type Assessment,
  followAlert,
  NOTHING_YET,
  QUIET,
  SessionHealth,
  type SessionSummary,
  summarize,
  TELEMETRY,
} from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import {
  encodeStructure,
  type SavedCounter,
  type SessionStructure,
  StructureCounter,
} from "@caum/workflows";
import { figuresOf, type LoopTotals, loopsWith, type SessionFigures } from "./figures.ts";
import type { KeptSessionFacts, SessionHead } from "./intake.ts";
import {
  BLOCK_HEIGHT,
  mergedOrigins,
  type SessionRow,
  sentMs,
  withBlindSpot,
  withServer,
} from "./session-row.ts";
import { encodeStanding, type Standing, standingOf } from "./standing.ts";
import { type Costs, costsWith, totalsWith } from "./totals.ts";

/** The judged part of a session, which is stored now and then and replayed from there. */
export interface Judgement {
  readonly health: ReturnType<SessionHealth["save"]>;
  readonly summary: SessionSummary;
  /** The alert that every session has; absent where it is quiet. */
  readonly alert?: AlertState;
  /** What was spent so far; absent where nobody says what anything cost. */
  readonly costs?: Costs;
  /** Absent in what an earlier version stored. */
  readonly structure?: SavedCounter;
}

/** Marks records whose result is the digest of free text that was posted about a step. */
export const STEP_DOOR = "door:step";

/** What the collector knows of a record and the record does not say. */
export function stepOriginOf(record: StructuralRecord): { readonly weakContent: boolean } {
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
  #standingText: string | undefined;
  /** Absent where the first part of the segment was not counted, or what was counted is deleted. */
  #structure: StructureCounter | undefined;
  #wholeBlock: string | undefined;
  /** Size of the session when its judgement was last stored. */
  judgedAt: number;

  constructor(row: SessionRow, judgement?: Judgement, judgedAt = row.segmentStart) {
    this.row = row;
    this.#health = judgement ? SessionHealth.restore(judgement.health) : new SessionHealth();
    // What an earlier version stored knows nothing of costs.
    this.#summary = { ...NOTHING_YET, ...judgement?.summary };
    this.#alert = judgement?.alert ?? QUIET;
    this.#costs = judgement?.costs ?? {};
    const isCounted = judgement === undefined ? !this.#isCut : judgement.structure !== undefined;
    this.#structure = isCounted ? new StructureCounter(judgement?.structure) : undefined;
    this.judgedAt = judgedAt;
  }

  /** The same judgement under a later row of the same segment; the state before is of no more use. */
  under(row: SessionRow, judgedAt: number): SessionState {
    const later = new SessionState(row, undefined, judgedAt);
    later.#health = this.#health;
    later.#summary = this.#summary;
    later.#alert = this.#alert;
    later.#costs = this.#costs;
    later.#structure = this.#structure;
    return later;
  }

  get size(): number {
    return this.row.tree.size;
  }

  /** Root of the block of leaves that the last record completed; undefined where it completed none. */
  get wholeBlock(): string | undefined {
    return this.#wholeBlock;
  }

  get standing(): Standing {
    this.#standing ??= standingOf(this.#numbered(this.#health.current()), this.#summary);
    return this.#standing;
  }

  /** The same as it is stored. */
  get standingText(): string {
    this.#standingText ??= encodeStanding(this.standing);
    return this.#standingText;
  }

  /** That, for the last time: kept until the next record it would be old garbage, which is dear. */
  takeStandingText(): string {
    const text = this.standingText;
    this.#standingText = undefined;
    return text;
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
      ...(this.#structure && { structure: this.#structure.save() }),
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

  /** What it did so far; undefined where that is not known. */
  get structure(): SessionStructure | undefined {
    return this.#structure?.structure;
  }

  /** The same as it is stored; null where it is not known. */
  get structureText(): string | null {
    return this.#structure === undefined ? null : encodeStructure(this.#structure.structure);
  }

  /** What a later event says of the session stands where nothing was known yet. */
  learnFacts(facts: KeptSessionFacts): void {
    const isNews = Object.keys(facts).some((name) => !Object.hasOwn(this.row.facts, name));
    if (isNews) this.row.facts = { ...facts, ...this.row.facts };
  }

  /** Labels at the end never replace those of the start: a cohort is not chosen by its outcome. */
  learnLabels(labels: Pick<KeptSessionFacts, "workflow" | "cohort">): void {
    const { facts } = this.row;
    const isMarked = labels.cohort !== undefined && facts.cohort === undefined;
    this.learnFacts({ ...labels, ...(isMarked && { isMarkedAtEnd: true }), ...facts });
  }

  /** Takes a record into the tree, the totals and the judgement. */
  take(record: StructuralRecord, leaf: string, receivedMs: number): Standing {
    const { row } = this;
    this.#wholeBlock = row.tree.append(leaf, BLOCK_HEIGHT);
    row.lastLeaf = leaf;
    row.lastMs = Math.max(row.lastMs, receivedMs);
    if (record.category !== "lifecycle") {
      row.activeMs = Math.max(row.activeMs, sentMs(record.sourceTimestamp, receivedMs));
    }
    row.totals = totalsWith(row.totals, record, this.#health.layerOf(record));
    this.#noteLifecycle(record);
    row.origins = withBlindSpot(withServer(row.origins, record), record);
    const standing = this.judge(record);
    row.closed = this.#health.openRuns === this.#endlessRuns;
    return standing;
  }

  /** The judgement alone, for records that are in the tree already. */
  judge(record: StructuralRecord): Standing {
    const layer = this.#health.layerOf(record);
    const { costs, addedNanoUsd } = costsWith(this.#costs, record, layer);
    this.#costs = costs;
    const assessment = this.#numbered(this.#health.observe(record, stepOriginOf(record)));
    this.#summary = summarize(this.#summary, assessment, addedNanoUsd);
    const wasAlerted = this.#alert.standing;
    const taken = { layer, costNanoUsd: addedNanoUsd, isAlerted: wasAlerted };
    this.#structure?.take(record, assessment, taken);
    this.#alert = followAlert(this.#alert, assessment);
    const entersAlert = this.#alert.standing && !wasAlerted;
    const standing = standingOf(assessment, this.#summary);
    this.#standing = entersAlert ? { ...standing, entersAlert } : standing;
    this.#standingText = undefined;
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
    this.#structure = new StructureCounter();
    this.#standing = undefined;
    this.#standingText = undefined;
    this.row.segment += 1;
    this.row.segmentStart = this.size;
    this.row.ended = false;
    this.row.resolved = undefined;
    // What was stored of the judgement belongs to the segment before.
    this.judgedAt = -1;
  }

  /** Of the present attempt some records were deleted: what came after them is judged anew. */
  get #isCut(): boolean {
    return this.row.buried > this.row.segmentStart;
  }

  /** The steps that were deleted still count. */
  #numbered(assessment: Assessment): Assessment {
    if (!this.#isCut) return assessment;
    const { buriedSteps } = this.row;
    const { step, pattern } = assessment;
    return {
      ...assessment,
      step: step + buriedSteps,
      pattern: pattern && { ...pattern, fromStep: pattern.fromStep + buriedSteps },
    };
  }

  /** Telemetry never says that it is over: beside other writers, they do. */
  get #endlessRuns(): number {
    return this.row.runs > 1 && this.row.origins.layers.includes("telemetry") ? 1 : 0;
  }

  #noteLifecycle(record: StructuralRecord): void {
    const { row } = this;
    if (record.category !== "lifecycle") {
      if (record.sourceFramework?.startsWith(TELEMETRY) !== true) row.ended = false;
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

/** What an `open` record says stands where nothing was known yet. */
function mergedFacts(facts: KeptSessionFacts, record: StructuralRecord): KeptSessionFacts {
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
