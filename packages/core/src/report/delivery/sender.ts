/** One delivery after another: what is on the disk before what is in memory, own before adopted. */
import type { ReportProblem } from "../problem.ts";
import type { KeptRun } from "../spool/kept-runs.ts";
import type { Spool, SpooledEntries } from "../spool/spool.ts";
import type { Entry, Upstream } from "../upstream/upstream.ts";
import type { Backoff } from "./backoff.ts";
import { declareLost } from "./declare-lost.ts";
import { deliver, type Outcome } from "./deliver.ts";
import type { DeliveredRun } from "./delivered-run.ts";
import type { Pending } from "./pending.ts";
import type { Progress } from "./progress.ts";
import type { Tally } from "./tally.ts";

/** An answer that takes longer than this may never come: what waits for it goes to the disk. */
const ANSWER_WITHIN_MS = 1_000;
/** What dead processes left is looked for at the start and then this often. */
const ADOPT_AFTER_MS = 60_000;

export interface SenderParts {
  readonly upstream: Upstream;
  readonly spool: Spool;
  readonly progress: Progress;
  readonly pending: Pending;
  readonly backoff: Backoff;
  readonly tally: Tally;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  readonly onProblem: (problem: ReportProblem) => void;
  /** Records that were kept and that nobody has any more; they are declared in the chain. */
  readonly onLost: (count: number) => void;
  /** A run whose `close` the collector has. */
  readonly onClosed?: ((run: DeliveredRun) => Promise<void>) | undefined;
  /** False where nothing is to be taken over from dead processes. */
  readonly adopts?: boolean | undefined;
  /** Something was taken over and can be sent. */
  readonly onAdopted: () => void;
}

export class Sender {
  readonly #parts: SenderParts;
  /** What this process made goes by the disk, in its order, until all of it has arrived. */
  isSpooling = false;
  /** Runs that were closed just now and whose proof is being asked for. */
  readonly #closing = new Map<string, Promise<void>>();
  /** The collector refused the key: nothing is sent until somebody asks for it. */
  #isStopped = false;
  #adoptAt = Number.NEGATIVE_INFINITY;
  #adopting: Promise<void> | undefined;

  constructor(parts: SenderParts) {
    this.#parts = parts;
  }

  get isStopped(): boolean {
    return this.#isStopped;
  }

  get maySend(): boolean {
    return !this.#isStopped && this.#parts.backoff.waitMs === 0;
  }

  /** Somebody waits for an answer: try at once, whatever was refused before. */
  allowNow(): void {
    this.#isStopped = false;
    this.#adoptAt = Number.NEGATIVE_INFINITY;
    this.#parts.backoff.allowNow();
  }

  /** Resolves when it is known what dead processes left. */
  async adopted(): Promise<void> {
    await this.#adopting;
  }

  /** Resolves when what is asked at the close of runs is answered. */
  async settled(): Promise<void> {
    await Promise.all(this.#closing.values());
  }

  async work(): Promise<void> {
    if (!this.maySend) return;
    this.#adopt();
    if (this.isSpooling) await this.#sendSpooled();
    if (!this.isSpooling) await this.#sendFromMemory();
    if (!this.isSpooling) await this.#sendAdopted();
  }

  async #sendFromMemory(): Promise<void> {
    const unit = this.#parts.pending.takeUnit();
    if (unit.length === 0) return;
    const late = setTimeout(() => {
      this.isSpooling = true;
      void this.#parts.pending.spill();
    }, ANSWER_WITHIN_MS).unref();
    const outcome = await this.#deliver(unit, []);
    clearTimeout(late);
    if (outcome.kind === "done") {
      await this.#parts.pending.settleUnit();
    } else {
      this.isSpooling = true;
      await this.#parts.pending.spill();
    }
  }

  async #sendSpooled(): Promise<void> {
    const { spool } = this.#parts;
    await this.#parts.pending.spill();
    while (this.maySend) {
      const { end } = spool;
      const spooled = await spool.nextOwn(this.#runOf);
      if (spooled && !(await this.#sendFrom(spooled))) return;
      await this.#parts.pending.disk();
      if (spooled || spool.end !== end) continue;
      if (!(await this.#bring([], spool.missingOwn))) return;
      // All of it has arrived: what is in memory follows, unless it went to the disk just now.
      const isCleared = await this.#parts.pending.clearDisk(end, () => {
        this.isSpooling = false;
      });
      if (isCleared) return;
    }
  }

  async #sendAdopted(): Promise<void> {
    const { spool } = this.#parts;
    while (spool.hasAdopted && this.maySend) {
      const spooled = await spool.nextAdopted(this.#runOf);
      if (spooled && !(await this.#sendFrom(spooled))) return;
      // What this process observes goes first.
      if (!this.#parts.pending.isEmpty) return;
    }
  }

  async #sendFrom({ entries, missing, done }: SpooledEntries): Promise<boolean> {
    const isBrought = await this.#bring(entries, missing);
    if (isBrought) await done();
    return isBrought;
  }

  /** @returns whether the collector has the entries, and knows what is missing after them */
  async #bring(entries: readonly Entry[], missing: readonly KeptRun[]): Promise<boolean> {
    if (entries.length === 0 && missing.length === 0) return true;
    const outcome = await this.#deliver(entries, missing);
    return outcome.kind === "done";
  }

  async #deliver(entries: readonly Entry[], missing: readonly KeptRun[]): Promise<Outcome> {
    const { upstream, spool, onProblem, onLost } = this.#parts;
    const parts = {
      upstream,
      tally: this.#parts.tally,
      runOf: this.#runOf,
      setAside: (entry: Entry) => spool.setAside(entry.line),
      onProblem,
      onProgress: (run: DeliveredRun) => this.#advanced(run),
      onLost,
    };
    const delivered = await deliver(entries, parts, this.#parts.backoff.isProbing);
    const outcome = delivered.kind === "done" ? await declareLost(missing, parts) : delivered;
    if (outcome.kind === "done") {
      this.#parts.backoff.succeeded();
      return outcome;
    }
    onProblem(outcome.refusal);
    if (outcome.kind === "stopped") this.#isStopped = true;
    else this.#parts.backoff.failed(outcome.retryAfterMs);
    return outcome;
  }

  readonly #runOf = (entry: Entry): Promise<DeliveredRun> => this.#parts.progress.runOf(entry);

  #advanced(run: DeliveredRun): void {
    const { progress, onClosed } = this.#parts;
    progress.changed(run);
    if (!run.closed || !onClosed || this.#closing.has(run.runId)) return;
    const closing = onClosed(run)
      .catch(() => undefined)
      .finally(() => this.#closing.delete(run.runId));
    this.#closing.set(run.runId, closing);
  }

  /** In the background: what this process observes does not wait for a slow disk. */
  #adopt(): void {
    const now = this.#parts.now();
    const isDue = now >= this.#adoptAt && this.#parts.adopts !== false;
    if (!isDue || this.#adopting) return;
    this.#adoptAt = now + ADOPT_AFTER_MS;
    const { spool, onAdopted } = this.#parts;
    this.#adopting = spool
      .adopt()
      .catch(() => undefined)
      .finally(() => {
        this.#adopting = undefined;
        if (spool.hasAdopted) onAdopted();
      });
  }
}
