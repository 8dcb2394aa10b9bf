import type { ReportProblem } from "../problem.ts";
import type { Cursor } from "../spool/segments.ts";
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
  /** What is done on the disk, one after the other. */
  #disk: Promise<void> = Promise.resolve();
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
  settleUnit(): Promise<void> {
    return this.#inTurn(async () => {
      this.ring.remove(this.#sending);
      this.#sending = 0;
    });
  }

  /** Resolves when what was asked of the disk so far is done. */
  async disk(): Promise<void> {
    await this.#disk;
  }

  /** Moves everything to the disk, or leaves it in memory when the disk refuses. */
  spill(isForced = false): Promise<void> {
    return this.#inTurn(async () => {
      const entries = this.ring.peek(this.ring.size);
      const isTooSoon = !isForced && this.#parts.now() < this.#spillAt;
      if (entries.length > 0 && !isTooSoon) await this.#write(entries);
    });
  }

  /**
   * Everything on the disk has arrived; whatever is in memory comes after it.
   *
   * @param readTo up to where it was read
   * @returns false when something was added since, which stays
   */
  async clearDisk(readTo: Cursor, onClear: () => void): Promise<boolean> {
    let isCleared = false;
    await this.#inTurn(async () => {
      if (this.#parts.spool.end !== readTo) return;
      await this.#parts.spool.clear();
      isCleared = true;
      onClear();
    });
    return isCleared;
  }

  /** Writes down what would be lost with the process. @returns what was, and how many were not */
  spillNow(): { readonly kept: readonly Entry[]; readonly lost: number } {
    const inMemory = this.ring.peek(this.ring.size);
    const rest = [...this.#appending, ...inMemory.slice(this.#appending.length)];
    const count = this.#parts.spool.appendNow(rest);
    return { kept: rest.slice(0, count), lost: rest.length - count };
  }

  async #write(entries: readonly Entry[]): Promise<void> {
    const { spool, now, onKept, onProblem } = this.#parts;
    this.#appending = entries;
    try {
      await spool.append(entries);
      this.#sending = 0;
      this.ring.remove(entries.length);
      onKept(entries);
    } catch (problem) {
      this.#spillAt = now() + RETRY_DISK_AFTER_MS;
      onProblem(problemOf(problem));
    } finally {
      this.#appending = [];
    }
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const done = this.#disk.then(work);
    this.#disk = done.catch(() => undefined);
    return done;
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
