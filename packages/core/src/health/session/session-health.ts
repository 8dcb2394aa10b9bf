import type { Layer, StructuralRecord, View } from "../../capture/record.ts";
import type { Assessment } from "../assessment.ts";
import { ENGINE_VERSION } from "../engine-version.ts";
import { Health } from "../health.ts";
import type { Step } from "../step/step.ts";
import { type StepOrigin, stepOf } from "../step/step-of.ts";
import {
  ECHO,
  type Fullest,
  isApart,
  isFuller,
  isJudged,
  isNamelessCall,
  mayJoin,
  openedBy,
  type RunFacts,
  UNOPENED,
  viewOf,
} from "./layer-choice.ts";
import { isTelemetry, placedMs, type RecordPlace, ReorderWindow } from "./order.ts";
import { echoOf, isEcho, type Telling, ToldCalls, tellingOf } from "./told-calls.ts";

interface Entry extends RecordPlace {
  readonly step: Step;
  readonly telling?: Telling;
}

/** The state of a session as plain JSON. */
export interface SavedSession {
  /** Version of the engine that wrote it; no other one goes on from it. */
  readonly engine: string;
  readonly layer: Layer | null;
  readonly runs: Readonly<Record<string, RunFacts>>;
  readonly live: string;
  readonly settled: string | null;
  readonly settledMs: number;
  readonly waiting: readonly Entry[];
  /** What follows is absent in what an earlier version saved. */
  readonly view?: View;
  readonly keys?: readonly string[];
  readonly isNamed?: boolean;
  readonly told?: string;
  readonly toldSettled?: string;
  readonly isNameless?: boolean;
  readonly isBesideEcho?: boolean;
}

/** Writers of one layer under different keys; more are not told apart. */
const MAX_KEYS = 8;

/**
 * The health of a session that several writers may record at once.
 *
 * The fullest layer is judged, with the calls that only a lesser one saw: each call once, where it is
 * told first; of a call that telemetry tells too, the other telling is judged. Steps are taken in the order of their time, run and number: one that comes up to 64
 * steps late is put in its place, and what came after it is judged again.
 */
export class SessionHealth {
  #live = new Health();
  /** The health before the steps that wait; absent while one run alone is judged, and sees all. */
  #settled: Health | undefined;
  /** Time of the latest step that no other can precede any more. */
  #settledMs = 0;
  readonly #window = new ReorderWindow<Entry>();
  readonly #runs = new Map<string, RunFacts>();
  #layer: Layer | undefined;
  /** How much the fullest layer sees. */
  #view: View = "full";
  #keys: readonly string[] = [];
  /** Everything judged so far is a call that a fuller layer could know again. */
  #isNamed = true;
  #told = new ToldCalls();
  #toldSettled = new ToldCalls();
  /** The fullest layer told of a call without an id. */
  #isNameless = false;
  /** Steps of telemetry were judged, and the fullest layer may tell of the same calls. */
  #isBesideEcho = false;

  /**
   * Takes a record in the order of acceptance.
   *
   * @param origin what the collector knows of it and the record does not say
   */
  observe(record: StructuralRecord, origin: Pick<StepOrigin, "weakContent"> = {}): Assessment {
    const run = this.#runOf(record);
    const telling = tellingOf(record, run.layer);
    const fullest = this.#fullest;
    if (!isJudged(record, run, fullest)) return this.#live.current();
    const step = stepOf(record, { ...origin, view: viewOf(run, fullest, this.#view) });
    return step === undefined ? this.#live.current() : this.#take(record, run, step, telling);
  }

  /** How the session stands. */
  current(): Assessment {
    return this.#live.current();
  }

  /** Runs that were opened and not closed yet. */
  get openRuns(): number {
    return this.#runs.size;
  }

  /** Which layer tells of a record: what its run's `open` record said. */
  layerOf({ runId }: StructuralRecord): Layer {
    return (this.#runs.get(runId) ?? UNOPENED).layer;
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
      view: this.#view,
      keys: this.#keys,
      isNamed: this.#isNamed,
      told: this.#told.save(),
      toldSettled: this.#toldSettled.save(),
      isNameless: this.#isNameless,
      isBesideEcho: this.#isBesideEcho,
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
    session.#view = saved.view ?? "full";
    session.#keys = saved.keys ?? [];
    session.#isNamed = saved.isNamed ?? saved.layer === null;
    session.#told = new ToldCalls(saved.told);
    session.#toldSettled = new ToldCalls(saved.toldSettled);
    session.#isNameless = saved.isNameless ?? false;
    session.#isBesideEcho = saved.isBesideEcho ?? false;
    return session;
  }

  get #fullest(): Fullest {
    const { layer } = this.#layer === undefined ? UNOPENED : { layer: this.#layer };
    return { layer, keys: this.#keys, isNameless: this.#isNameless };
  }

  #runOf(record: StructuralRecord): RunFacts {
    const known = openedBy(record) ?? this.#runs.get(record.runId) ?? UNOPENED;
    const run = isNamelessCall(record) ? ({ ...known, isNameless: true } as const) : known;
    this.#runs.set(record.runId, run);
    if (record.category === "lifecycle" && record.payload.type === "close") {
      this.#runs.delete(record.runId);
    }
    if (this.#layer === undefined || isFuller(run.layer, this.#layer)) this.#beginLayer(run);
    else if (run.layer === this.#layer) this.#addKey(run);
    if (run.layer === this.#layer && run.isNameless) this.#becomeNameless();
    return run;
  }

  /**
   * What a lesser layer saw of the same calls is not judged: the fuller one begins anew, unless it
   * can know all of them again.
   */
  #beginLayer(run: RunFacts): void {
    const goesOn = this.#isNamed && this.#keys.every((key) => key === run.key);
    const isWithTelemetry = this.#layer === ECHO;
    this.#layer = run.layer;
    this.#view = run.view;
    this.#keys = run.key === undefined ? [] : [run.key];
    this.#isNameless = false;
    if (!goesOn) this.#beginAnew();
    else if (isWithTelemetry) this.#isBesideEcho = true;
  }

  /** Which of telemetry's calls the fullest layer tells too is not known any more. */
  #becomeNameless(): void {
    if (this.#isNameless) return;
    this.#isNameless = true;
    if (this.#isBesideEcho) this.#beginAnew();
  }

  #beginAnew(): void {
    this.#isNamed = true;
    this.#isBesideEcho = false;
    this.#live = new Health();
    this.#settled = undefined;
    this.#settledMs = 0;
    this.#window.clear();
    this.#told = new ToldCalls();
    this.#toldSettled = new ToldCalls();
  }

  #addKey({ key }: RunFacts): void {
    if (key === undefined || this.#keys.includes(key) || this.#keys.length >= MAX_KEYS) return;
    this.#keys = [...this.#keys, key];
  }

  #take(
    record: StructuralRecord,
    run: RunFacts,
    step: Step,
    telling: Telling | undefined,
  ): Assessment {
    const atMs = placedMs(record, step.atMs ?? 0, run.lastMs);
    this.#runs.set(record.runId, { ...run, lastMs: atMs });
    if (telling === undefined || !mayJoin(run, this.#fullest)) this.#isNamed = false;
    const isOwn = run.layer === this.#fullest.layer;
    if (!isOwn && !isApart(record, run, this.#fullest)) this.#isBesideEcho = true;
    const { runId, payload } = record;
    const told = telling === undefined ? {} : { telling };
    const entry = { atMs, runId, seq: payload.seq, step, ...told };
    if (this.#settled === undefined && this.#isAlone(run) && !isTelemetry(record)) {
      this.#settledMs = atMs;
      return judge(this.#live, this.#told, entry);
    }
    if (this.#settled === undefined) {
      this.#settled = copyOf(this.#live);
      this.#toldSettled = this.#told.copy();
    }
    const place = this.#place(entry);
    const assessment =
      place === "between" ? this.#judgeAgain() : judge(this.#live, this.#told, entry);
    this.#settle(this.#settled);
    return assessment;
  }

  /**
   * Puts an entry in its place. Telemetry's telling of a call comes after another writer's, which is
   * judged then: a loop whose steps are told by turns with and without arguments would be none.
   */
  #place(entry: Entry): ReturnType<ReorderWindow<Entry>["insert"]> {
    const { telling, step } = entry;
    if (telling === undefined) return this.#window.insert(entry, this.#settledMs);
    if (isEcho(telling) && this.#told.has(telling)) return this.#window.append(entry);
    const isEnd = !isEcho(telling) && step.status !== "unresolved";
    const echo = isEnd && this.#told.has(telling) ? echoOf(telling) : undefined;
    const before = this.#window.remove((other) => other.telling === echo && echo !== undefined);
    const place = this.#window.insert(entry, this.#settledMs);
    if (before === undefined) return place;
    this.#window.append(before);
    return "between";
  }

  #settle(settled: Health): void {
    for (const entry of this.#window.settle()) {
      judge(settled, this.#toldSettled, entry);
      this.#settledMs = entry.atMs;
    }
  }

  /** Of a run that sees one server, others may come later, with steps that were earlier. */
  #isAlone(run: RunFacts): boolean {
    if (run.view === "one_server") return false;
    let judged = 0;
    for (const other of this.#runs.values()) {
      if (other.layer === this.#layer || mayJoin(other, this.#fullest)) judged += 1;
    }
    return judged <= 1;
  }

  #judgeAgain(): Assessment {
    const health = copyOf(this.#settled ?? new Health());
    const told = this.#toldSettled.copy();
    let assessment = health.current();
    for (const entry of this.#window.entries) assessment = judge(health, told, entry);
    this.#live = health;
    this.#told = told;
    return assessment;
  }
}

/** A call that another layer told of before is not judged again. */
function judge(health: Health, told: ToldCalls, { step, telling }: Entry): Assessment {
  const isNew = telling === undefined || told.add(telling);
  return isNew ? health.observe(step) : health.current();
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
