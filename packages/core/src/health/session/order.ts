/** Place of a record in the health order of its session. */
export interface Place {
  readonly atMs: number;
  readonly runId: string;
  readonly seq: number;
}

/** Negative when `a` comes before `b`: by time, then run, then number in the run. */
export function compare(a: Place, b: Place): number {
  if (a.atMs !== b.atMs) return a.atMs - b.atMs;
  if (a.runId !== b.runId) return a.runId < b.runId ? -1 : 1;
  return a.seq - b.seq;
}

/** How long a record may be overtaken by records of other runs. */
export const WINDOW_MS = 2_000;
/** Records that wait at most, however close they are. */
const WINDOW_SIZE = 256;

/** The latest entries of a session, in order, which an earlier one may still have to precede. */
export class ReorderWindow<Entry extends Place> {
  #entries: Entry[] = [];

  /** In order. */
  get entries(): readonly Entry[] {
    return this.#entries;
  }

  /**
   * Puts an entry in its place.
   *
   * @returns `last` when everything else comes before it, `between` when something comes after it,
   *   `late` when its place has left the window: it counts as the latest then
   */
  insert(entry: Entry): "last" | "between" | "late" {
    const newest = this.#entries.at(-1);
    if (newest === undefined || compare(newest, entry) < 0) {
      this.#entries.push(entry);
      return "last";
    }
    if (entry.atMs < newest.atMs - WINDOW_MS) {
      this.#entries.push({ ...entry, atMs: newest.atMs });
      return "late";
    }
    const at = this.#entries.findIndex((other) => compare(entry, other) < 0);
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, entry);
    return "between";
  }

  /** Removes and returns, in order, what nothing can precede any more. */
  settle(): readonly Entry[] {
    const newest = this.#entries.at(-1);
    if (newest === undefined) return [];
    let settled = Math.max(0, this.#entries.length - WINDOW_SIZE);
    while ((this.#entries[settled]?.atMs ?? newest.atMs) < newest.atMs - WINDOW_MS) settled += 1;
    return this.#entries.splice(0, settled);
  }

  clear(): void {
    this.#entries = [];
  }

  load(entries: readonly Entry[]): void {
    this.#entries = [...entries];
  }
}
