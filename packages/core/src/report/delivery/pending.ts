import type { ReportProblem } from "../problem.ts";
import type { Spool } from "../spool/spool.ts";
import type { Entry } from "../upstream/upstream.ts";
import { Ring } from "./ring.ts";

/** What one delivery takes out of memory. */
const MAX_UNIT = 2_000;
/** A disk that refused is asked again after this long, not with every event. */
const RETRY_DISK_AFTER_MS = 1_000;

export interface PendingParts {
  readonly spool: Spool;
  /** Milliseconds from any origin. */
  readonly now: () => number;
  /** Entries are on the disk now. */
  readonly onKept: (entries: readonly Entry[]) => void;
  readonly onProblem: (problem: ReportProblem) => void;
}

/**
 * What the collector has not answered for yet: in memory, and from there to the disk.
 *
 * An entry leaves memory only when it was delivered or is on the disk, so that at any moment the
 * end of the process can write down all that is left.
 */
export class Pending {
  readonly ring = new Ring();
  readonly #parts: PendingParts;
  /** How many of the oldest are on their way and not answered for yet. */
  #sending = 0;
  /** What is being written; at exit it is written again over the same bytes. */
  #appending: readonly Entry[] = [];
  #append: Promise<void> | undefined;
  #spillAt = Number.NEGATIVE_INFINITY;

  constructor(parts: PendingParts) {
    this.#parts = parts;
  }

  get isEmpty(): boolean {
    return this.ring.size === 0;
  }

  /** The entries that are sent next; the same ones again until they are settled. */
  takeUnit(): readonly Entry[] {
    if (this.#sending === 0) this.#sending = Math.min(this.ring.size, MAX_UNIT);
    return this.ring.peek(this.#sending);
  }

  /** The unit was delivered; what went to the disk meanwhile is not here any more. */
  async settleUnit(): Promise<void> {
    await this.disk();
    this.ring.remove(this.#sending);
    this.#sending = 0;
  }

  /** Resolves when nothing is being written. */
  async disk(): Promise<void> {
    while (this.#append) await this.#append;
  }

  /** Moves everything to the disk, or leaves it in memory when the disk refuses. */
  async spill(isForced = false): Promise<void> {
    await this.disk();
    const entries = this.ring.peek(this.ring.size);
    const isTooSoon = !isForced && this.#parts.now() < this.#spillAt;
    if (entries.length > 0 && !isTooSoon) await this.#write(entries);
  }

  /** Everything on the disk has arrived; whatever is in memory comes after it. */
  async clearDisk(): Promise<void> {
    await this.#exclusively(this.#parts.spool.clear());
  }

  /** What would be lost with the process, oldest first. */
  spillNow(): readonly Entry[] {
    const inMemory = this.ring.peek(this.ring.size);
    const rest = [...this.#appending, ...inMemory.slice(this.#appending.length)];
    this.#parts.spool.appendNow(rest);
    return rest;
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    this.#appending = entries;
    const written = this.#parts.spool
      .append(entries)
      .then(() => {
        this.#sending = 0;
        this.ring.remove(entries.length);
        this.#parts.onKept(entries);
      })
      .catch((problem) => {
        this.#spillAt = this.#parts.now() + RETRY_DISK_AFTER_MS;
        this.#parts.onProblem(problemOf(problem));
      })
      .finally(() => {
        this.#appending = [];
      });
    await this.#exclusively(written);
  }

  async #exclusively(work: Promise<void>): Promise<void> {
    this.#append = work.finally(() => {
      this.#append = undefined;
    });
    await this.#append;
  }
}

function problemOf(problem: unknown): ReportProblem {
  if (problem instanceof Error && problem.name === "SpoolFullError") {
    const message = "the spool is full: new events are assessed and counted, not kept";
    return { code: "spool_full", message };
  }
  const code = problem instanceof Error && "code" in problem ? ` (${String(problem.code)})` : "";
  const message = `the spool cannot be written${code}: records stay in memory while there is room`;
  return { code: "spool_failed", message };
}
