import type { Layer, StructuralRecord, View } from "../../capture/record.ts";
import type { Assessment } from "../assessment.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { Health } from "../health.ts";
import type { Step } from "../step.ts";
import { type Origin, stepOf } from "../step-of.ts";
import { isFuller } from "./layer-choice.ts";
import { type Place, ReorderWindow } from "./order.ts";

/** What the records of a run have in common, and how far it has come. */
export interface RunState {
  readonly layer: Layer;
  readonly view: View;
  readonly lastMs: number;
}

interface Entry extends Place {
  readonly step: Step;
}

/** The state of a session as plain JSON. */
export interface SavedSession {
  /** Version of the engine that wrote it; no other one goes on from it. */
  readonly engine: string;
  readonly layer: Layer | null;
  readonly runs: Readonly<Record<string, RunState>>;
  readonly live: string;
  readonly settled: string | null;
  readonly settledMs: number;
  readonly waiting: readonly Entry[];
}

/** A run that nobody opened: a sender of single events, which sees everything it sends. */
export const UNOPENED: RunState = { layer: "door", view: "full", lastMs: 0 };

/**
 * The health of a session that several writers may record at once.
 *
 * Only the fullest layer is judged. Steps are taken in the order of their time, run and number: one
 * that comes up to 64 steps late is put in its place, and what came after it is judged again.
 */
export class SessionHealth {
  #live = new Health();
  /** The health before the steps that wait; absent while one run alone is judged, and sees all. */
  #settled: Health | undefined;
  /** Time of the latest step that no other can precede any more. */
  #settledMs = 0;
  readonly #window = new ReorderWindow<Entry>();
  readonly #runs = new Map<string, RunState>();
  #layer: Layer | undefined;

  /**
   * Takes a record in the order of acceptance.
   *
   * @param origin what the collector knows of it and the record does not say
   */
  observe(record: StructuralRecord, origin: Pick<Origin, "weakContent"> = {}): Assessment {
    const run = this.#runOf(record);
    if (run.layer === this.#layer) {
      const step = stepOf(record, { ...origin, view: run.view });
      if (step !== undefined) return this.#take(record, run, step);
    }
    return this.#live.current();
  }

  /** How the session stands. */
  current(): Assessment {
    return this.#live.current();
  }

  /** Runs that were opened and not closed yet. */
  get openRuns(): number {
    return this.#runs.size;
  }

  get workYield(): number {
    return this.#live.workYield;
  }

  save(): SavedSession {
    return {
      engine: ENGINE_VERSION,
      layer: this.#layer ?? null,
      runs: Object.fromEntries(this.#runs),
      live: encode(this.#live),
      settled: this.#settled === undefined ? null : encode(this.#settled),
      settledMs: this.#settledMs,
      waiting: this.#window.entries,
    };
  }

  /** @throws {RangeError} when it was saved by another version of the engine */
  static restore(saved: SavedSession): SessionHealth {
    if (saved.engine !== ENGINE_VERSION) {
      throw new RangeError("saved by another version of the engine: judge the records again");
    }
    const session = new SessionHealth();
    session.#layer = saved.layer ?? undefined;
    for (const [runId, run] of Object.entries(saved.runs)) session.#runs.set(runId, run);
    session.#live = decode(saved.live);
    session.#settled = saved.settled === null ? undefined : decode(saved.settled);
    session.#settledMs = saved.settledMs;
    session.#window.load(saved.waiting);
    return session;
  }

  #runOf(record: StructuralRecord): RunState {
    const run = openedBy(record) ?? this.#runs.get(record.runId) ?? UNOPENED;
    this.#runs.set(record.runId, run);
    if (record.category === "lifecycle" && record.payload.type === "close") {
      this.#runs.delete(record.runId);
    }
    if (this.#layer === undefined || isFuller(run.layer, this.#layer)) this.#beginLayer(run.layer);
    return run;
  }

  /** What a lesser layer saw of the same calls is not judged: the fuller one begins anew. */
  #beginLayer(layer: Layer): void {
    this.#layer = layer;
    this.#live = new Health();
    this.#settled = undefined;
    this.#settledMs = 0;
    this.#window.clear();
  }

  #take(record: StructuralRecord, run: RunState, step: Step): Assessment {
    // Within a run the number decides: a clock that was set back does not turn it around.
    const atMs = Math.max(run.lastMs, step.atMs ?? 0);
    this.#runs.set(record.runId, { ...run, lastMs: atMs });
    if (this.#settled === undefined && this.#isAlone(run)) {
      this.#settledMs = atMs;
      return this.#live.observe(step);
    }
    this.#settled ??= copyOf(this.#live);
    const entry = { atMs, runId: record.runId, seq: record.payload.seq, step };
    const place = this.#window.insert(entry, this.#settledMs);
    const assessment = place === "between" ? this.#judgeAgain() : this.#live.observe(step);
    this.#settle(this.#settled);
    return assessment;
  }

  #settle(settled: Health): void {
    for (const { atMs, step } of this.#window.settle()) {
      settled.observe(step);
      this.#settledMs = atMs;
    }
  }

  /** Of a run that sees one server, others may come later, with steps that were earlier. */
  #isAlone(run: RunState): boolean {
    if (run.view === "one_server") return false;
    let sameLayer = 0;
    for (const other of this.#runs.values()) if (other.layer === run.layer) sameLayer += 1;
    return sameLayer === 1;
  }

  #judgeAgain(): Assessment {
    const health = copyOf(this.#settled ?? new Health());
    let assessment = health.current();
    for (const entry of this.#window.entries) assessment = health.observe(entry.step);
    this.#live = health;
    return assessment;
  }
}

/** The run that an `open` record begins. */
export function openedBy(record: StructuralRecord): RunState | undefined {
  if (record.category !== "lifecycle" || record.payload.type !== "open") return undefined;
  const { layer, view } = record.payload;
  return { layer, view, lastMs: 0 };
}

function copyOf(health: Health): Health {
  return Health.restore(health.save());
}

function encode(health: Health): string {
  return Buffer.from(health.save()).toString("base64");
}

function decode(text: string): Health {
  return Health.restore(Buffer.from(text, "base64"));
}
