interface Entry<T> {
  readonly value: T;
  readonly untilMs: number;
}

/** Remembers answers for a short time, and a limited number of them. */
export class Recent<T> {
  readonly #entries = new Map<string, Entry<T>>();
  readonly #keepMs: number;
  readonly #limit: number;
  readonly #clock: () => number;
  /** Counts what was forgotten as a whole. */
  #age = 0;

  constructor(options: {
    readonly keepMs: number;
    readonly limit: number;
    readonly clock: () => number;
  }) {
    this.#keepMs = options.keepMs;
    this.#limit = options.limit;
    this.#clock = options.clock;
  }

  async get(key: string, find: () => Promise<T>): Promise<T> {
    const known = this.#entries.get(key);
    if (known !== undefined && known.untilMs > this.#clock()) return known.value;
    const age = this.#age;
    const value = await find();
    // What was found before everything was forgotten may be what should be forgotten.
    if (age !== this.#age) return value;
    if (this.#entries.size >= this.#limit) this.#forgetOldest();
    this.#entries.delete(key);
    this.#entries.set(key, { value, untilMs: this.#clock() + this.#keepMs });
    return value;
  }

  clear(): void {
    this.#age++;
    this.#entries.clear();
  }

  #forgetOldest(): void {
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }
}
