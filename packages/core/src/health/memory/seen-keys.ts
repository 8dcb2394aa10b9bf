import type { Key } from "./key.ts";

const FIRST_CAPACITY = 32;

/** The latest keys of a session. Grows with it up to a limit, then forgets the oldest. */
export class SeenKeys {
  readonly #limit: number;
  #keys = new Float64Array(FIRST_CAPACITY);
  #count = 0;

  /** @param limit how many keys are remembered: 32 times a power of two */
  constructor(limit: number) {
    this.#limit = limit;
  }

  has(key: Key): boolean {
    return this.#keys.includes(key);
  }

  add(key: Key): void {
    const capacity = this.#keys.length;
    if (this.#count === capacity && capacity < this.#limit) {
      const grown = new Float64Array(capacity * 2);
      grown.set(this.#keys);
      this.#keys = grown;
    }
    this.#keys[this.#count % this.#keys.length] = key;
    this.#count += 1;
  }

  /** How many numbers `save` writes. */
  get savedLength(): number {
    return 1 + Math.min(this.#count, this.#keys.length);
  }

  get byteLength(): number {
    return this.#keys.byteLength;
  }

  /** Writes how many keys there ever were, then those that are remembered. */
  save(numbers: Float64Array, at: number): void {
    numbers[at] = this.#count;
    numbers.set(this.#keys.subarray(0, this.savedLength - 1), at + 1);
  }

  /** Reads what `save` wrote, and returns where it ended. */
  load(numbers: Float64Array, at: number): number {
    const count = numbers[at] ?? 0;
    let capacity = FIRST_CAPACITY;
    while (capacity < count && capacity < this.#limit) capacity *= 2;
    const end = at + 1 + Math.min(count, capacity);
    this.#keys = new Float64Array(capacity);
    this.#keys.set(numbers.subarray(at + 1, end));
    this.#count = count;
    return end;
  }
}
