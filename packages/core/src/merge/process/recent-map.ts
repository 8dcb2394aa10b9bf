interface Entry<K, V> {
  readonly key: K;
  value: V;
  /** False when it was deleted or set anew; it then leaves the queue when its turn comes. */
  isLive: boolean;
}

/** Stale entries that the queue may hold beside as many as there are live ones. */
const SLACK = 256;

/**
 * A map that keeps its latest entries: the one that was set longest ago leaves for a new one.
 *
 * The order is kept in a queue of its own. Asking a `Map` for its first entry is slow once many
 * before it were deleted.
 */
export class RecentMap<K, V> {
  readonly #entries = new Map<K, Entry<K, V>>();
  #queue: Entry<K, V>[] = [];
  #head = 0;
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
    return this.#entries.get(key)?.value;
  }

  has(key: K): boolean {
    return this.#entries.has(key);
  }

  set(key: K, value: V): void {
    const before = this.#entries.get(key);
    if (before && before === this.#queue.at(-1)) {
      before.value = value;
      return;
    }
    if (before) before.isLive = false;
    const entry = { key, value, isLive: true };
    this.#entries.set(key, entry);
    this.#queue.push(entry);
    if (this.#entries.size > this.#limit) this.#evict();
    this.#compact();
  }

  delete(key: K): void {
    const entry = this.#entries.get(key);
    if (!entry) return;
    this.#entries.delete(key);
    // Mostly what was added last leaves first.
    if (entry === this.#queue.at(-1)) {
      this.#queue.pop();
      return;
    }
    entry.isLive = false;
    this.#compact();
  }

  /** A copy, oldest first, so that entries may leave while it is read. */
  values(): V[] {
    return this.#live().map(({ value }) => value);
  }

  #evict(): void {
    let oldest = this.#queue[this.#head++];
    while (oldest && !oldest.isLive) oldest = this.#queue[this.#head++];
    if (!oldest) return;
    this.#entries.delete(oldest.key);
    this.#onLeave(oldest.value);
  }

  #live(): Entry<K, V>[] {
    return this.#queue.slice(this.#head).filter(({ isLive }) => isLive);
  }

  #compact(): void {
    if (this.#queue.length <= 2 * this.#entries.size + SLACK) return;
    this.#queue = this.#live();
    this.#head = 0;
  }
}

/**
 * A map that keeps at least its latest entries, and at most as many again: for what is asked for and
 * never taken out. It holds nothing but keys and values.
 */
export class LatestMap<K, V> {
  #young = new Map<K, V>();
  #old = new Map<K, V>();
  readonly #limit: number;

  /** @param limit entries that are kept for sure */
  constructor(limit: number) {
    this.#limit = limit;
  }

  get(key: K): V | undefined {
    return this.#young.get(key) ?? this.#old.get(key);
  }

  has(key: K): boolean {
    return this.#young.has(key) || this.#old.has(key);
  }

  set(key: K, value: V): void {
    this.#young.set(key, value);
    if (this.#young.size < this.#limit) return;
    this.#old = this.#young;
    this.#young = new Map();
  }
}
