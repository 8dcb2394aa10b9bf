/** A queue that forgets what comes last when memory runs out, and counts it. */
import type { Backlog } from "./late-reader.ts";

const MAX_BYTES = 8 * 1024 * 1024;
/** What an item costs besides its bytes. */
const OVERHEAD_BYTES = 256;
/** Taken items are cut off the array in steps. */
const COMPACT_AT = 1_024;

interface Waiting<Item> {
  readonly item: Item;
  readonly cost: number;
}

export class BoundedQueue<Item> implements Backlog<Item> {
  #waiting: Waiting<Item>[] = [];
  #first = 0;
  #bytes = 0;
  #forgotten = 0;

  get isEmpty(): boolean {
    return this.#first === this.#waiting.length;
  }

  /** @param byteLength what the item holds in memory */
  add(item: Item, byteLength: number): void {
    const cost = byteLength + OVERHEAD_BYTES;
    if (this.#bytes + cost > MAX_BYTES) {
      this.#forgotten++;
      return;
    }
    this.#waiting.push({ item, cost });
    this.#bytes += cost;
  }

  shift(): Item | undefined {
    const next = this.#waiting[this.#first];
    if (!next) return undefined;
    this.#first++;
    this.#bytes -= next.cost;
    if (this.#first >= COMPACT_AT || this.isEmpty) {
      this.#waiting = this.#waiting.slice(this.#first);
      this.#first = 0;
    }
    return next.item;
  }

  takeForgotten(): number {
    const count = this.#forgotten;
    this.#forgotten = 0;
    return count;
  }
}
