/** A map that keeps its latest entries: the one that was set longest ago leaves for a new one. */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, V>();
  readonly #limit: number;
  readonly #onLeave: (value: V) => void;

  constructor(limit: number, onLeave: (value: V) => void = () => {}) {
    this.#limit = limit;
    this.#onLeave = onLeave;
  }

  get size(): number {
    return this.#entries.size;
  }

  get(key: K): V | undefined {
    return this.#entries.get(key);
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    this.#entries.delete(key);
    this.#entries.set(key, value);
    if (this.#entries.size <= this.#limit) return;
    for (const [oldest, left] of this.#entries) {
      this.#entries.delete(oldest);
      this.#onLeave(left);
      return;
    }
  }

  delete(key: K): void {
    this.#entries.delete(key);
  }

  /** A copy, oldest first, so that entries may leave while it is read. */
  values(): V[] {
    return [...this.#entries.values()];
  }
}
