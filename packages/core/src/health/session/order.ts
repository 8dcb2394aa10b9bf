import type { StructuralRecord } from "../../capture/record.ts";

/** Begins the `sourceFramework` of what was told by OpenTelemetry; the emitter follows. */
export const TELEMETRY = "otlp:";

/**
 * When a record happened, in the order of its run. Within a run the number decides: a clock that was
 * set back does not turn it around. Telemetry comes in any order, so its own time decides.
 *
 * @param lastMs time of the run's record before it
 */
export function placedMs(record: StructuralRecord, atMs: number, lastMs: number): number {
  return isTelemetry(record) ? atMs : Math.max(lastMs, atMs);
}

export function isTelemetry({ sourceFramework }: StructuralRecord): boolean {
  return sourceFramework?.startsWith(TELEMETRY) === true;
}

/** Place of a record in the health order of its session. */
export interface RecordPlace {
  readonly atMs: number;
  readonly runId: string;
  readonly seq: number;
}

/** Negative when `a` comes before `b`: by time, then run, then number in the run. */
export function compare(a: RecordPlace, b: RecordPlace): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  return a.seq - b.seq;
}

/** How many steps may have been accepted before one that comes before them. */
export const WINDOW_STEPS = 64;

/** The latest entries of a session, in order, which an earlier one may still have to precede. */
export class ReorderWindow<Entry extends RecordPlace> {
  #entries: Entry[] = [];

  /** In order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /**
   * Puts an entry in its place.
   *
   * @param sinceMs time of the latest entry that left the window
   * @returns `last` when everything else comes before it, `between` when something comes after it,
   *   `late` when its place has left the window: it counts as the latest then
   */
  insert(entry: Entry, sinceMs: number): "last" | "between" | "late" {
    const newest = this.#entries.at(-1);
    if (entry.atMs < sinceMs) {
      this.#entries.push({ ...entry, atMs: newest?.atMs ?? sinceMs });
      return "late";
    }
    if (newest === undefined || compare(newest, entry) < 0) {
      this.#entries.push(entry);
      return "last";
    }
    const at = this.#entries.findIndex((other) => compare(entry, other) < 0);
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, entry);
    return "between";
  }

  /** Puts an entry behind all others, whatever its time is. */
  append(entry: Entry): "last" {
    const newest = this.#entries.at(-1);
    const atMs = newest === undefined ? entry.atMs : Math.max(entry.atMs, newest.atMs + 1);
    this.#entries.push({ ...entry, atMs });
    return "last";
  }

  /** Takes the first entry out that is meant. */
  remove(isMeant: (entry: Entry) => boolean): Entry | undefined {
    const at = this.#entries.findIndex(isMeant);
    return at < 0 ? undefined : this.#entries.splice(at, 1)[0];
  }

  /** Removes and returns, in order, what is too old to be preceded. */
  settle(): readonly Entry[] {
    return this.#entries.splice(0, Math.max(0, this.#entries.length - WINDOW_STEPS));
  }

  clear(): void {
    this.#entries = [];
  }

  load(entries: readonly Entry[]): void {
    this.#entries = [...entries];
  }
}
