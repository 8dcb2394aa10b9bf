import { labelOf, type SessionKeys } from "@caum/core/adapter";
import { alertSentence, Health, NOTHING_YET, storyOf, summarize } from "@caum/core/health";
import type { RootKey } from "@caum/core/machine";
import type { HistoryEvent, HistorySession } from "@caum/histories";
import { costOfEvent } from "../history/history-cost.ts";
import { isSpeech, stepOfEvent } from "../history/history-step.ts";
import { ReadingKeys } from "../history/reading-keys.ts";

/** A loop that a history holds. */
export interface FoundLoop {
  /** The client whose history it is, or the format of an export. */
  readonly client: string;
  readonly session: string;
  /** Keyed tag of the folder that was worked in. */
  readonly project: string | null;
  readonly model: string | null;
  readonly sentence: string;
  readonly rule: string;
  readonly tools: readonly string[];
  readonly cycles: number;
  readonly steps: number;
  /** ISO 8601; null where the client keeps no times. */
  readonly from: string | null;
  readonly durationMs: number | null;
  readonly tokens: number;
  readonly costUsd: number | null;
}

/** What is kept of a session that was judged. */
export interface JudgedSession {
  readonly client: string;
  readonly project: string | null;
  readonly model: string | null;
  /** Milliseconds since 1970: of its last event, else of its file. */
  readonly atMs: number;
  readonly steps: number;
  readonly calls: number;
  readonly tokens: number;
  /** Null where nobody says what it cost. */
  readonly costNanoUsd: number | null;
  readonly loops: readonly FoundLoop[];
  readonly loopCount: number;
  readonly loopSteps: number;
  readonly loopTokens: number;
  readonly loopCostNanoUsd: number;
}

/** How far back a loop may begin and be found: the engine's memory is shorter. */
const REMEMBERED_STEPS = 512;
const NANO_USD = 1e9;
/** Ids that a program made; others may be names that somebody chose. */
const MADE_ID =
  /^(?:[0-9a-f]{8}-[0-9a-f-]{27}|ses_\w{8,64}|\d{10,16}(?:_\w{1,12})?|[0-9a-f]{16,64})$/;

interface LoopMark {
  readonly fromMs: number | undefined;
  readonly tokensBefore: number;
  readonly model: string | undefined;
  toMs: number | undefined;
  tokens: number;
}

/** Judges one session of a history by the engine that judges live ones. */
export class SessionJudge {
  readonly #session: HistorySession;
  readonly #keys: SessionKeys;
  readonly #projectKeys: SessionKeys;
  readonly #health = new Health();
  #last = this.#health.current();
  readonly #times = new Float64Array(REMEMBERED_STEPS);
  readonly #tokensThen = new Float64Array(REMEMBERED_STEPS);
  readonly #marks: LoopMark[] = [];
  #summary = NOTHING_YET;
  #events = 0;
  #calls = 0;
  #tokens = 0;
  #cost: number | undefined;
  #model: string | undefined;
  #lastMs: number | undefined;

  constructor(session: HistorySession, rootKey: RootKey, projectKeys: SessionKeys) {
    this.#session = session;
    this.#keys = new ReadingKeys(rootKey, `${session.format} ${session.id}`);
    this.#projectKeys = projectKeys;
  }

  take(event: HistoryEvent): void {
    const { observation, atMs } = event;
    this.#events += 1;
    this.#lastMs = atMs ?? this.#lastMs;
    const { inputTokens = 0, outputTokens = 0 } = observation;
    this.#tokens += inputTokens + outputTokens;
    const cost = costOfEvent(event);
    if (cost !== undefined) this.#cost = (this.#cost ?? 0) + cost;
    if (!isSpeech(observation)) this.#calls += 1;
    else this.#model = observation.model ?? this.#model;
    this.#judge(event, cost);
  }

  /** @returns undefined when nothing was read of it */
  end(): JudgedSession | undefined {
    if (this.#events === 0) return undefined;
    const { format: client, facts, files } = this.#session;
    const { steps, loopCount, patternSteps, loopCostNanoUsd } = this.#summary;
    const fileMs = Math.max(...files.map(({ modifiedMs }) => modifiedMs));
    const project = facts.project ? this.#projectKeys.tag(facts.project) : null;
    const model = this.#model === undefined ? null : labelOf(this.#model, this.#keys, false);
    return {
      client,
      project,
      model,
      atMs: this.#lastMs ?? fileMs,
      steps,
      calls: this.#calls,
      tokens: this.#tokens,
      costNanoUsd: this.#cost ?? null,
      loops: this.#summary.loops.map((_, at) => this.#loopAt(at, project)),
      loopCount,
      loopSteps: Math.min(steps, patternSteps),
      loopTokens: this.#marks.reduce((sum, { tokens }) => sum + tokens, 0),
      loopCostNanoUsd,
    };
  }

  #judge(event: HistoryEvent, cost: number | undefined): void {
    const step = stepOfEvent(event, this.#keys);
    if (step !== undefined) this.#last = this.#health.observe(step);
    const assessment = this.#last;
    const before = this.#summary;
    this.#summary = summarize(before, assessment, cost);
    if (this.#summary.steps === before.steps) return;
    this.#times[assessment.step % REMEMBERED_STEPS] = event.atMs ?? 0;
    this.#tokensThen[assessment.step % REMEMBERED_STEPS] = this.#tokens;
    if (this.#summary.loops !== before.loops) this.#mark(event.atMs);
  }

  #mark(atMs: number | undefined): void {
    const { loops } = this.#summary;
    const loop = loops.at(-1);
    if (loop === undefined) return;
    const at = loops.length - 1;
    const mark = this.#marks[at] ?? {
      fromMs: this.#times[loop.fromStep % REMEMBERED_STEPS] || undefined,
      tokensBefore:
        loop.fromStep > 1 ? (this.#tokensThen[(loop.fromStep - 1) % REMEMBERED_STEPS] ?? 0) : 0,
      model: this.#model,
      toMs: atMs,
      tokens: 0,
    };
    mark.toMs = atMs;
    mark.tokens = this.#tokens - mark.tokensBefore;
    this.#marks[at] = mark;
  }

  #loopAt(at: number, project: string | null): FoundLoop {
    const loop = this.#summary.loops[at];
    const mark = this.#marks[at];
    if (loop === undefined || mark === undefined) throw new RangeError("no such loop");
    const { client, format, id } = this.#session;
    const { fromMs, toMs, tokens, model } = mark;
    const costNanoUsd = loop.costNanoUsd;
    const story = storyOf(client, { regime: "LOOP", step: loop.lastStep, pattern: loop });
    return {
      client: format,
      session: MADE_ID.test(id) ? id : this.#projectKeys.tag(id),
      project,
      model: model === undefined ? null : labelOf(model, this.#keys, false),
      sentence: alertSentence({ ...story, sinceMs: fromMs, nowMs: toMs, costNanoUsd }),
      rule: loop.rule,
      tools: loop.tools,
      cycles: loop.cycles,
      steps: loop.lastStep - loop.fromStep + 1,
      from: fromMs === undefined ? null : new Date(fromMs).toISOString(),
      durationMs: fromMs === undefined || toMs === undefined ? null : Math.max(0, toMs - fromMs),
      tokens,
      costUsd: costNanoUsd > 0 ? costNanoUsd / NANO_USD : null,
    };
  }
}
