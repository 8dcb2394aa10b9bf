/** Between `observe` and a collector: memory while it answers, the spool when it does not. */
import { Backoff } from "./delivery/backoff.ts";
import { deliver, type Outcome } from "./delivery/deliver.ts";
import type { DeliveredRun } from "./delivery/delivered-run.ts";
import type { Continuation, Progress } from "./delivery/progress.ts";
import { Ring } from "./delivery/ring.ts";
import { type DeliveryResult, Tally } from "./delivery/tally.ts";
import { holdProcess } from "./hold-process.ts";
import type { ReportProblem, ReportProblemCode } from "./problem.ts";
import type { Spool, SpooledEntries } from "./spool/spool.ts";
import type { Entry, Upstream } from "./upstream/upstream.ts";

/** Entries are sent when so many, or so many bytes, are there, or this long after the first. */
const SEND_AT_ENTRIES = 100;
const SEND_AT_BYTES = 64 * 1024;
const SEND_AFTER_MS = 250;
/** What one delivery takes out of memory. */
const MAX_UNIT = 2_000;
/** An answer that takes longer than this may never come: what waits for it goes to the disk. */
const ANSWER_WITHIN_MS = 1_000;
/** How long `flush` waits for the collector unless it is told otherwise. */
const FLUSH_WITHIN_MS = 5_000;
/** A disk that refused is asked again after this long, not with every event. */
const RETRY_DISK_AFTER_MS = 1_000;
/** What dead processes left is looked for at the start and then this often. */
const ADOPT_AFTER_MS = 60_000;

export interface ReporterParts {
  readonly upstream: Upstream;
  readonly spool: Spool;
  readonly progress: Progress;
  readonly onProblem: (problem: ReportProblem) => void;
  /** Milliseconds from any origin; only differences count. */
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
  /** Serverless hosts: keeps the instance awake until a promise is settled. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** A run whose `close` the collector has; what is answered is part of the delivery. */
  readonly onClosed?: ((run: DeliveredRun) => Promise<void>) | undefined;
  /** Another thread, which sends what this one only spools. */
  readonly follower?: SpoolFollower | undefined;
  /** False where nothing is to be taken over from dead processes. */
  readonly adopts?: boolean | undefined;
}

/** Reads and sends what another thread writes into the spool. */
export interface SpoolFollower {
  /** Whole lines were added to this folder. */
  appended(folder: string): void;
}

/** The reporter of one process for one collector and key; all sessions of the process share it. */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #ring = new Ring();
  readonly #tally = new Tally();
  readonly #backoff: Backoff;
  readonly #now: () => number;
  readonly #sends: boolean;
  /** Taken out of the ring and not answered yet. */
  #sending: readonly Entry[] = [];
  /** What is being written to the disk; at exit it is written again over the same bytes. */
  #appending: readonly Entry[] = [];
  #spooling = false;
  #stopped = false;
  #pushed = 0;
  #adoptAt = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  /** Before this a disk that refused is not asked again. */
  #spillAt = 0;
  #turn: Promise<void> | undefined;
  #append: Promise<void> | undefined;
  #closing: Promise<void>[] = [];
  #awake: (() => void) | undefined;

  constructor(parts: ReporterParts) {
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#backoff = new Backoff({ now: this.#now, random: parts.random ?? Math.random });
    this.#sends = parts.follower === undefined;
    this.#spooling = !this.#sends;
    if (this.#sends) this.#schedule(SEND_AFTER_MS);
  }

  /** Whether another entry will be kept; a seq is given only to what will be. */
  get hasRoom(): boolean {
    return this.#ring.hasRoom;
  }

  /** Never throws, never waits. */
  push(entry: Entry): void {
    this.#ring.push(entry);
    this.#pushed += 1;
    if (this.#ring.isHalfFull) this.#spooling = true;
    // A delivery that is under way looks by itself whether there is more.
    if (this.#turn === undefined || this.#spooling) {
      const isEnough = this.#ring.size >= SEND_AT_ENTRIES || this.#ring.bytes >= SEND_AT_BYTES;
      this.#schedule(isEnough ? 0 : SEND_AFTER_MS);
    }
    if (this.#ring.size === 1) this.#stayAwake();
  }

  /** What a new run of the session continues; undefined when no run of it was cut off. */
  continuation(sessionId: string): Continuation | undefined {
    return this.#parts.progress.continuation(sessionId);
  }

  /**
   * Brings everything to the collector, or to the disk when it does not answer in time.
   *
   * @returns what became of every record so far
   */
  async flush(withinMs = FLUSH_WITHIN_MS): Promise<DeliveryResult> {
    const release = holdProcess();
    let giveUp: NodeJS.Timeout | undefined;
    const limit = new Promise<void>((resolve) => {
      giveUp = setTimeout(resolve, withinMs);
    });
    try {
      if (this.#sends) await Promise.race([this.#drain(), limit]);
      if (this.#ring.size + this.#sending.length > 0) {
        this.#spooling = true;
        await this.#spill(true);
      }
      await Promise.race([this.#parts.progress.flush(), limit]);
    } finally {
      clearTimeout(giveUp);
      release();
    }
    return this.result;
  }

  /** What became of every record so far, without waiting for anything. */
  get result(): DeliveryResult {
    const { accepted, duplicate, rejected, own } = this.#tally;
    return { accepted, duplicate, rejected, spooled: this.#pushed - own, dropped: 0 };
  }

  get isStopped(): boolean {
    return this.#stopped;
  }

  /** There is something new in a folder that another thread writes. */
  follow(folder: string): void {
    this.#parts.spool.follow(folder);
    if (!this.#turn) this.#schedule(0);
  }

  /** The other thread writes no more: what has arrived goes away. */
  async finishFollowing(): Promise<void> {
    await this.#parts.spool.finishFollowing();
  }

  /** Puts what is left on the disk, synchronously: the process ends. */
  closeNow(): void {
    const rest = [...this.#appending, ...this.#unsaved()];
    try {
      this.#parts.spool.appendNow(rest);
      if (!this.#sends) return;
      this.#parts.progress.kept(rest);
      this.#parts.progress.flushNow();
    } catch {
      this.#report("spool_failed", "the last records could not be written: look at CAUM_HOME");
    }
  }

  async close(withinMs?: number): Promise<DeliveryResult> {
    const result = await this.flush(withinMs);
    clearTimeout(this.#timer);
    await this.#parts.spool.close();
    return result;
  }

  /** Looks for what dead processes left, then sends until nothing is left or it fails. */
  async #drain(): Promise<void> {
    this.#backoff.allowNow();
    this.#stopped = false;
    this.#adoptAt = 0;
    do {
      while (this.#turn) await this.#turn;
      await this.#takeTurn();
    } while (this.#hasMore && this.#backoff.waitMs === 0 && !this.#stopped);
    await Promise.all(this.#closing);
  }

  get #hasMore(): boolean {
    const { spool } = this.#parts;
    return this.#ring.size > 0 || spool.hasOwn || spool.hasAdopted;
  }

  #schedule(delayMs: number): void {
    const at = this.#now() + delayMs;
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#spooling) void this.#spill();
      if (!this.#turn && this.#sends) void this.#takeTurn();
    }, delayMs).unref();
  }

  #takeTurn(): Promise<void> {
    const turn = this.#work()
      .catch(() => this.#report("not_delivered", "delivery failed inside: records wait"))
      .finally(() => {
        this.#turn = undefined;
        this.#goOn();
      });
    this.#turn = turn;
    return turn;
  }

  #goOn(): void {
    const { waitMs } = this.#backoff;
    if (!this.#hasMore || this.#stopped || waitMs > 0) this.#awake?.();
    if (!this.#hasMore || this.#stopped) return;
    const isMuch = this.#ring.size >= SEND_AT_ENTRIES;
    this.#schedule(waitMs > 0 ? waitMs : isMuch ? 0 : SEND_AFTER_MS);
  }

  /** One delivery: from memory, or from the disk when anything of ours is there. */
  async #work(): Promise<void> {
    if (!this.#maySend) return;
    await this.#adopt();
    if (this.#spooling) await this.#sendSpooled();
    if (!this.#spooling) await this.#sendRing();
    if (!this.#spooling) await this.#sendAdopted();
  }

  async #sendRing(): Promise<void> {
    if (this.#sending.length === 0) {
      this.#sending = this.#ring.peek(MAX_UNIT);
      this.#ring.remove(this.#sending.length);
    }
    const unit = this.#sending;
    if (unit.length === 0) return;
    const late = setTimeout(() => {
      this.#spooling = true;
      void this.#spill();
    }, ANSWER_WITHIN_MS).unref();
    const outcome = await this.#deliver(unit);
    clearTimeout(late);
    if (outcome.kind === "done") {
      while (this.#append) await this.#append;
      this.#sending = [];
    } else {
      this.#spooling = true;
      await this.#spill();
    }
  }

  async #sendSpooled(): Promise<void> {
    const { spool } = this.#parts;
    await this.#spill();
    while (this.#maySend) {
      const { end } = spool;
      const spooled = await spool.nextOwn(this.#runOf);
      if (spooled && !(await this.#sendFrom(spooled))) return;
      while (this.#append) await this.#append;
      if (spooled || spool.end !== end) continue;
      // All of it has arrived, and nothing was added since: what is in memory follows.
      this.#spooling = false;
      this.#append = spool.clear().finally(() => {
        this.#append = undefined;
      });
      await this.#append;
      return;
    }
  }

  async #sendAdopted(): Promise<void> {
    const { spool } = this.#parts;
    while (spool.hasAdopted && this.#maySend) {
      const spooled = await spool.nextAdopted(this.#runOf);
      if (spooled && !(await this.#sendFrom(spooled))) return;
      // What this process observes goes first.
      if (this.#ring.size > 0) return;
    }
  }

  async #sendFrom({ entries, done }: SpooledEntries): Promise<boolean> {
    const outcome = await this.#deliver(entries);
    if (outcome.kind === "done") await done();
    return outcome.kind === "done";
  }

  get #maySend(): boolean {
    return !this.#stopped && this.#backoff.waitMs === 0;
  }

  readonly #runOf = (entry: Entry): Promise<DeliveredRun> => this.#parts.progress.runOf(entry);

  async #deliver(entries: readonly Entry[]): Promise<Outcome> {
    const { upstream, spool } = this.#parts;
    const parts = {
      upstream,
      tally: this.#tally,
      runOf: this.#runOf,
      setAside: (entry: Entry) => this.#setAside(spool, entry),
      onFinding: (finding: "fork" | "root") => this.#tellFinding(finding),
      onProgress: (run: DeliveredRun) => this.#advanced(run),
    };
    const outcome = await deliver(entries, parts, this.#backoff.isProbing);
    if (outcome.kind === "done") {
      this.#backoff.succeeded();
    } else {
      this.#report(outcome.refusal.code, outcome.refusal.message);
      if (outcome.kind === "stopped") this.#stopped = true;
      else this.#backoff.failed(outcome.retryAfterMs);
    }
    return outcome;
  }

  #advanced(run: DeliveredRun): void {
    const { progress, onClosed } = this.#parts;
    progress.changed(run);
    if (!run.closed || !onClosed || this.#closedRuns.has(run.runId)) return;
    this.#closedRuns.add(run.runId);
    const closing = onClosed(run)
      .catch(() => undefined)
      .finally(() => {
        this.#closing = this.#closing.filter((other) => other !== closing);
        this.#closedRuns.delete(run.runId);
      });
    this.#closing.push(closing);
  }

  readonly #closedRuns = new Set<string>();

  async #setAside(spool: Spool, { line }: Entry): Promise<void> {
    this.#report("record_refused", "the collector does not take a record: see rejected.ndjson");
    await spool.setAside(line).catch(() => undefined);
  }

  #tellFinding(finding: "fork" | "root"): void {
    const message =
      finding === "fork"
        ? "the collector holds another record in the place of ours: compare with caum verify"
        : "the collector's root is not the root of what it was sent: do not trust its copy";
    this.#report("evidence_mismatch", message);
  }

  async #adopt(): Promise<void> {
    const now = this.#now();
    if (now < this.#adoptAt || this.#parts.adopts === false) return;
    this.#adoptAt = now + ADOPT_AFTER_MS;
    await this.#parts.spool.adopt().catch(() => undefined);
  }

  /** What is in memory only, oldest first. */
  #unsaved(): readonly Entry[] {
    const written = this.#appending.length;
    return [...this.#sending, ...this.#ring.peek(this.#ring.size)].slice(written);
  }

  /** Moves what is in memory to the disk, or leaves it where it is when the disk refuses. */
  async #spill(isForced = false): Promise<void> {
    while (this.#append) await this.#append;
    const unsaved = this.#unsaved();
    if (unsaved.length === 0 || (!isForced && this.#now() < this.#spillAt)) return;
    this.#appending = unsaved;
    const sending = this.#sending.length;
    this.#append = this.#parts.spool
      .append(unsaved)
      .then(() => {
        this.#sending = [];
        this.#ring.remove(unsaved.length - sending);
        this.#noteKept(unsaved);
      })
      .catch((problem) => {
        this.#spillAt = this.#now() + RETRY_DISK_AFTER_MS;
        this.#tellSpoolProblem(problem);
        this.#schedule(RETRY_DISK_AFTER_MS);
      })
      .finally(() => {
        this.#appending = [];
        this.#append = undefined;
      });
    await this.#append;
  }

  /** Whoever sends keeps the notes: two that write them would undo each other's. */
  #noteKept(entries: readonly Entry[]): void {
    const { follower, progress, spool } = this.#parts;
    if (!follower) progress.kept(entries);
    else if (spool.folder !== undefined) follower.appended(spool.folder);
  }

  #tellSpoolProblem(problem: unknown): void {
    const isFull = problem instanceof Error && problem.name === "SpoolFullError";
    this.#report(
      isFull ? "spool_full" : "spool_failed",
      isFull
        ? "the spool is full: new events are assessed and counted, not kept"
        : reasonOf(problem),
    );
  }

  #report(code: ReportProblemCode, message: string): void {
    this.#parts.onProblem({ code, message });
  }

  #stayAwake(): void {
    const { waitUntil } = this.#parts;
    if (!waitUntil || this.#awake) return;
    const drained = new Promise<void>((resolve) => {
      this.#awake = () => {
        this.#awake = undefined;
        resolve();
      };
    });
    waitUntil(drained);
  }
}

function reasonOf(problem: unknown): string {
  const code = problem instanceof Error && "code" in problem ? ` (${String(problem.code)})` : "";
  return `the spool cannot be written${code}: records stay in memory while there is room`;
}
