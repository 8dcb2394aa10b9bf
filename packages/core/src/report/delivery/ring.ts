import type { Entry } from "../upstream/upstream.ts";

/** What memory may hold. */
const MAX_ENTRIES = 10_000;
const MAX_BYTES = 8 * 1024 * 1024;

/** Entries in memory, oldest first. */
export class Ring {
  #entries: Entry[] = [];
  #bytes = 0;

  /** Whether another entry will be kept; a seq is given only to what will be. */
  get hasRoom(): boolean {
    return this.#entries.length < MAX_ENTRIES && this.#bytes < MAX_BYTES;
  }

  /** From here on waiting for the collector is no longer an option. */
  get isHalfFull(): boolean {
    return this.#entries.length >= MAX_ENTRIES / 2 || this.#bytes >= MAX_BYTES / 2;
  }

  get size(): number {
    return this.#entries.length;
  }

  get bytes(): number {
    return this.#bytes;
  }

  push(entry: Entry): void {
    this.#entries.push(entry);
    this.#bytes += entry.line.length + 1;
  }

  /** The oldest entries, without taking them out. */
  peek(count: number): readonly Entry[] {
    return this.#entries.slice(0, count);
  }

  /** Takes out what was peeked at. */
  remove(count: number): void {
    const gone = this.#entries.slice(0, count);
    this.#entries = this.#entries.slice(count);
    for (const { line } of gone) this.#bytes -= line.length + 1;
  }
}
