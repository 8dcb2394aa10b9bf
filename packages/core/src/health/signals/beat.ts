import { integerAt } from "../memory/integer.ts";
import { LONGEST_PERIOD, SLOT } from "../memory/layout.ts";
import { momentOf } from "../memory/moment.ts";

/** What rules ask of a recent step. */
export interface Mark {
  readonly traits: number;
  /** 0 when there is no clock. */
  readonly atMs: number;
  readonly step: number;
}

/** Traits, times and numbers of the last 8 steps, or of the last 8 calls. */
export class Beat {
  readonly #traits: number;
  readonly #times: number;
  readonly #steps: number;
  readonly #count: number;

  constructor(at: number) {
    this.#traits = at;
    this.#times = at + LONGEST_PERIOD;
    this.#steps = at + 2 * LONGEST_PERIOD;
    this.#count = at + 3 * LONGEST_PERIOD;
  }

  push(memory: Float64Array, mark: Mark): void {
    const count = this.count(memory) + 1;
    const place = count % LONGEST_PERIOD;
    memory[this.#count] = count;
    memory[this.#traits + place] = mark.traits;
    memory[this.#times + place] = mark.atMs;
    memory[this.#steps + place] = mark.step;
  }

  /** How many there ever were. */
  count(memory: Float64Array): number {
    return integerAt(memory, this.#count);
  }

  traitsAgo(memory: Float64Array, ago: number): number {
    return this.#ago(memory, this.#traits, ago);
  }

  /** 0 when it is not known. */
  timeAgo(memory: Float64Array, ago: number): number {
    return this.#ago(memory, this.#times, ago);
  }

  stepAgo(memory: Float64Array, ago: number): number {
    return this.#ago(memory, this.#steps, ago);
  }

  /** The step with its time; see memory/moment.ts. */
  momentAgo(memory: Float64Array, ago: number): number {
    return momentOf(this.stepAgo(memory, ago), this.timeAgo(memory, ago));
  }

  /** Every trait that any of the last `length` has. */
  traits(memory: Float64Array, length: number): number {
    let traits = 0;
    for (let ago = 0; ago < length; ago++) traits |= this.traitsAgo(memory, ago);
    return traits;
  }

  /** A place that was never written reads as 0. */
  #ago(memory: Float64Array, part: number, ago: number): number {
    const place = this.count(memory) - ago + LONGEST_PERIOD;
    return memory[part + (place % LONGEST_PERIOD)] ?? 0;
  }
}

/** Of every step. */
export const stepBeat = new Beat(SLOT.stepBeat);
/** Of calls alone. */
export const callBeat = new Beat(SLOT.callBeat);
