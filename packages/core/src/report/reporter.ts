/** Between `observe` and a collector: memory while it answers, the spool when it does not. */
import { Backoff } from "./delivery/backoff.ts";
import { Pending } from "./delivery/pending.ts";
import type { Continuation } from "./delivery/progress.ts";
import { Sender, type SenderParts } from "./delivery/sender.ts";
import { type DeliveryResult, Tally } from "./delivery/tally.ts";
import type { Entry } from "./upstream/upstream.ts";
import { within } from "./within.ts";

/** Entries are sent when so many, or so many bytes, are there, or this long after the first. */
const SEND_AT_ENTRIES = 100;
const SEND_AT_BYTES = 64 * 1024;
const SEND_AFTER_MS = 250;
/** How long `flush` waits for the collector unless it is told otherwise. */
const FLUSH_WITHIN_MS = 5_000;
/** What the disk may take after that. */
const DISK_WITHIN_MS = 2_000;

export interface ReporterParts
  extends Omit<SenderParts, "pending" | "backoff" | "tally" | "now" | "onAdopted"> {
  /** Milliseconds from any origin; only differences count. */
  readonly now?: (() => number) | undefined;
  readonly random?: (() => number) | undefined;
  /** Serverless hosts: keeps the instance awake until a promise is settled. */
  readonly waitUntil?: ((promise: Promise<unknown>) => void) | undefined;
  /** Another thread, which sends what this one only spools. */
  readonly follower?: SpoolFollower | undefined;
}

/** Reads and sends what another thread writes into the spool. */
export interface SpoolFollower {
  /** Whole lines were added to this folder. */
  appended(folder: string): void;
}

/** The reporter of one process for one collector and key; all sessions of the process share it. */
export class Reporter {
  readonly #parts: ReporterParts;
  readonly #tally = new Tally();
  readonly #backoff: Backoff;
  readonly #pending: Pending;
  readonly #sender: Sender;
  readonly #now: () => number;
  readonly #sends: boolean;
  #pushed = 0;
  /** Records that the end of the process had no place for; each observer asks once. */
  #lostAtEnd = 0;
  #timer: NodeJS.Timeout | undefined;
  #timerAt = 0;
  #turn: Promise<void> | undefined;
  #letSleep: (() => void) | undefined;

  constructor(parts: ReporterParts) {
    const { spool, onProblem } = parts;
    this.#parts = parts;
    this.#now = parts.now ?? (() => performance.now());
    this.#backoff = new Backoff({ now: this.#now, random: parts.random ?? Math.random });
    const onKept = (entries: readonly Entry[]) => this.#noteKept(entries);
    this.#pending = new Pending({ spool, now: this.#now, onKept, onProblem });
    this.#sender = new Sender({
      ...parts,
      pending: this.#pending,
      backoff: this.#backoff,
      tally: this.#tally,
      now: this.#now,
      onAdopted: () => this.#schedule(0),
    });
    this.#sends = parts.follower === undefined;
    this.#sender.isSpooling = !this.#sends;
    if (this.#sends) this.#schedule(SEND_AFTER_MS);
  }

  /** Whether another entry will be kept; a seq is given only to what will be. */
  get hasRoom(): boolean {
    return this.#pending.ring.hasRoom;
  }

  /** Whether memory holds what neither the collector nor the disk has. */
  get isHolding(): boolean {
    return !this.#pending.isEmpty;
  }

  /** Never throws, never waits. */
  push(entry: Entry): void {
    const { ring } = this.#pending;
    ring.push(entry);
    this.#pushed += 1;
    if (ring.isHalfFull) this.#sender.isSpooling = true;
    // A delivery that is under way looks by itself whether there is more.
    if (!this.#turn || this.#sender.isSpooling) this.#schedule(this.#isEnough ? 0 : SEND_AFTER_MS);
    this.#stayAwake();
  }

  /** What a new run of the session continues; undefined when no run of it was cut off. */
  continuation(sessionId: string): Continuation | undefined {
    return this.#parts.progress.continuation(sessionId);
  }

  /** There is something new in a folder that another thread writes. */
  follow(folder: string): void {
    this.#parts.spool.follow(folder);
    if (!this.#turn) this.#schedule(0);
  }

  /** The other thread writes no more: what `flush` brings to its end goes away. */
  finishFollowing(): void {
    this.#parts.spool.finishFollowing();
  }

  /**
   * Brings everything to the collector, or to the disk when it does not answer in time.
   *
   * @returns what became of every record so far
   */
  async flush(withinMs = FLUSH_WITHIN_MS): Promise<DeliveryResult> {
    if (this.#sends) await within(withinMs, this.#drain());
    await within(DISK_WITHIN_MS, this.#keep());
    return this.result;
  }

  /** What became of every record so far, without waiting for anything. */
  get result(): DeliveryResult {
    const { accepted, duplicate, rejected, own } = this.#tally;
    return { accepted, duplicate, rejected, spooled: this.#pushed - own, dropped: 0 };
  }

  /**
   * Puts what is left on the disk, synchronously: the process ends.
   *
   * @returns how many records there was no room for, without those of an earlier call
   */
  closeNow(): number {
    const before = this.#lostAtEnd;
    this.#lostAtEnd = this.#writeRest();
    return Math.max(0, this.#lostAtEnd - before);
  }

  async close(withinMs?: number): Promise<DeliveryResult> {
    const result = await this.flush(withinMs);
    clearTimeout(this.#timer);
    const disk = this.#pending.disk().then(() => this.#parts.spool.close());
    await within(DISK_WITHIN_MS, disk);
    return result;
  }

  #writeRest(): number {
    const { progress, onProblem } = this.#parts;
    try {
      const { kept, lost } = this.#pending.spillNow();
      if (!this.#sends) return lost;
      progress.kept(kept);
      progress.flushNow();
      return lost;
    } catch {
      const message = "the last records could not be written: look at CAUM_HOME";
      onProblem({ code: "spool_failed", message });
      return this.#pending.ring.size;
    }
  }

  get #isEnough(): boolean {
    const { size, bytes } = this.#pending.ring;
    return size >= SEND_AT_ENTRIES || bytes >= SEND_AT_BYTES;
  }

  get #hasMore(): boolean {
    const { spool } = this.#parts;
    return !this.#pending.isEmpty || spool.hasOwn || spool.hasAdopted;
  }

  /** Brings what is left to the disk, as far as the disk takes it. */
  async #keep(): Promise<void> {
    if (!this.#pending.isEmpty) {
      this.#sender.isSpooling = true;
      await this.#pending.spill(true);
    }
    await this.#parts.progress.flush();
  }

  /** Looks for what dead processes left, then sends until nothing is left or it fails. */
  async #drain(): Promise<void> {
    this.#sender.allowNow();
    do {
      while (this.#turn) await this.#turn;
      await this.#takeTurn();
      await this.#sender.adopted();
    } while (this.#hasMore && this.#sender.maySend);
    await this.#sender.settled();
  }

  #schedule(delayMs: number): void {
    const at = this.#now() + delayMs;
    if (this.#timer && this.#timerAt <= at) return;
    clearTimeout(this.#timer);
    this.#timerAt = at;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      if (this.#sender.isSpooling) void this.#spill();
      if (!this.#turn && this.#sends) void this.#takeTurn();
    }, delayMs).unref();
  }

  async #spill(): Promise<void> {
    await this.#pending.spill();
    if (!this.#pending.isEmpty) this.#schedule(SEND_AFTER_MS);
  }

  #takeTurn(): Promise<void> {
    const turn = this.#sender
      .work()
      .catch(() => {
        this.#backoff.failed();
        const message = "the delivery failed inside: records wait";
        this.#parts.onProblem({ code: "not_delivered", message });
      })
      .finally(() => {
        this.#turn = undefined;
        this.#goOn();
      });
    this.#turn = turn;
    return turn;
  }

  #goOn(): void {
    const isDone = !this.#hasMore || this.#sender.isStopped;
    const { waitMs } = this.#backoff;
    if (isDone || waitMs > 0) this.#letSleep?.();
    if (isDone) return;
    this.#schedule(waitMs > 0 ? waitMs : this.#isEnough ? 0 : SEND_AFTER_MS);
  }

  /** Whoever sends keeps the notes: two that write them would undo each other's. */
  #noteKept(entries: readonly Entry[]): void {
    // What is on the disk goes before what is in memory.
    this.#sender.isSpooling = true;
    const { follower, progress, spool } = this.#parts;
    if (!follower) progress.kept(entries);
    else if (spool.folder !== undefined) follower.appended(spool.folder);
  }

  #stayAwake(): void {
    const { waitUntil } = this.#parts;
    if (!waitUntil || this.#letSleep) return;
    const drained = new Promise<void>((resolve) => {
      this.#letSleep = () => {
        this.#letSleep = undefined;
        resolve();
      };
    });
    waitUntil(drained);
  }
}
