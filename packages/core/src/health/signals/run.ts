import type { Key } from "../memory/key.ts";
import { momentOf, stepAt } from "../memory/moment.ts";

/** Where a step stands: its number, and that of the attempt it belongs to, from 1. */
export interface StepPlace {
  readonly step: number;
  /** 0 when there is no clock. */
  readonly atMs: number;
  readonly attempt: number;
}

/**
 * How often the same thing came in a row. One object serves all sessions: the numbers are in the
 * packed memory of each.
 *
 * Slots: key, length, traits of all steps of the run (or-ed), moment of its first step, and the
 * attempt that was counted last: calls of one attempt count once.
 */
export class Run {
  readonly #at: number;

  constructor(at: number) {
    this.#at = at;
  }

  /** Counts one more of `key`, or begins anew when it is another one. */
  extend(memory: Float64Array, key: Key, traits: number, { step, atMs, attempt }: StepPlace): void {
    const at = this.#at;
    if (memory[at] !== key) {
      memory[at] = key;
      memory[at + 1] = 0;
      memory[at + 2] = 0;
      memory[at + 3] = momentOf(step, atMs);
      memory[at + 4] = 0;
    }
    if (memory[at + 4] !== attempt) memory[at + 1] = this.length(memory) + 1;
    memory[at + 2] = this.traits(memory) | traits;
    memory[at + 4] = attempt;
  }

  /** Notes a trait of what came between, while there is a run. */
  mark(memory: Float64Array, trait: number): void {
    if (this.length(memory) > 0) memory[this.#at + 2] = this.traits(memory) | trait;
  }

  end(memory: Float64Array): void {
    if (memory[this.#at + 1] !== 0) memory.fill(0, this.#at, this.#at + 5);
  }

  /** Whether the attempt is the one that was counted last. */
  isLatest(memory: Float64Array, attempt: number): boolean {
    return memory[this.#at + 4] === attempt;
  }

  key(memory: Float64Array): Key {
    return memory[this.#at] ?? 0;
  }

  length(memory: Float64Array): number {
    return memory[this.#at + 1] ?? 0;
  }

  /** Every trait that any step of the run had. */
  traits(memory: Float64Array): number {
    return memory[this.#at + 2] ?? 0;
  }

  firstStep(memory: Float64Array): number {
    return stepAt(this.firstMoment(memory));
  }

  /** The first step with its time; see memory/moment.ts. */
  firstMoment(memory: Float64Array): number {
    return memory[this.#at + 3] ?? 0;
  }
}
