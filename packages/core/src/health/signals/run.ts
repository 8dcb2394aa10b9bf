import type { Key } from "../memory/key.ts";

/**
 * How often the same thing came in a row. One object serves all sessions: the numbers are in the
 * packed memory of each.
 *
 * Slots: key, length, traits of all steps of the run (or-ed), number of its first step.
 */
export class Run {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** Counts one more of `key`, or begins anew when it is another one. Returns the length. */
  extend(memory: Float64Array, key: Key, traits: number, step: number): number {
    const at = this.#at;
    if (memory[at] !== key) {
      memory[at] = key;
      memory[at + 1] = 0;
      memory[at + 2] = 0;
      memory[at + 3] = step;
    }
    memory[at + 1] = this.length(memory) + 1;
    memory[at + 2] = this.traits(memory) | traits;
    return this.length(memory);
  }

  end(memory: Float64Array): void {
    memory.fill(0, this.#at, this.#at + 4);
  }

  length(memory: Float64Array): number {
    return memory[this.#at + 1] ?? 0;
  }

  /** Every trait that any step of the run had. */
  traits(memory: Float64Array): number {
    return memory[this.#at + 2] ?? 0;
  }

  firstStep(memory: Float64Array): number {
    return memory[this.#at + 3] ?? 0;
  }
}
