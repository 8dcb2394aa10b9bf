import { type Key, UNKNOWN } from "../memory/key.ts";
import { LONGEST_PERIOD } from "../memory/layout.ts";

/** One push: the key and what rules ask about its step. */
export interface Entry {
  readonly key: Key;
  readonly traits: number;
  /** 0 when there is no clock. */
  readonly atMs: number;
  readonly step: number;
}

/**
 * Notices that a sequence of keys repeats with some period from 1 to 8.
 *
 * It holds the last 8 keys, and for each period a counter of how many keys in a row equalled the
 * key one period before. One object serves all sessions: the numbers are in the packed memory of
 * each.
 */
export class PeriodRing {
  readonly #keys: number;
  readonly #traits: number;
  readonly #times: number;
  readonly #steps: number;
  readonly #matches: number;
  readonly #firsts: number;
  readonly #pushed: number;
  /** First of two slots for `WaitHold`. */
  readonly holds: number;

  constructor(at: number) {
    this.#keys = at;
    this.#traits = at + LONGEST_PERIOD;
    this.#times = at + 2 * LONGEST_PERIOD;
    this.#steps = at + 3 * LONGEST_PERIOD;
    this.#matches = at + 4 * LONGEST_PERIOD - 1;
    this.#firsts = at + 5 * LONGEST_PERIOD - 1;
    this.#pushed = at + 6 * LONGEST_PERIOD;
    this.holds = this.#pushed + 1;
  }

  /** An UNKNOWN key matches nothing, also not another unknown one. */
  push(memory: Float64Array, entry: Entry): void {
    for (let period = 1; period <= LONGEST_PERIOD; period++) {
      const matches = this.matches(memory, period);
      if (entry.key === UNKNOWN || this.#read(memory, this.#keys, period - 1) !== entry.key) {
        memory[this.#matches + period] = 0;
        continue;
      }
      if (matches === 0) {
        memory[this.#firsts + period] = this.#read(memory, this.#steps, period - 1);
      }
      memory[this.#matches + period] = matches + 1;
    }
    const pushed = (memory[this.#pushed] ?? 0) + 1;
    const place = pushed % LONGEST_PERIOD;
    memory[this.#pushed] = pushed;
    memory[this.#keys + place] = entry.key;
    memory[this.#traits + place] = entry.traits;
    memory[this.#times + place] = entry.atMs;
    memory[this.#steps + place] = entry.step;
  }

  /** Forgets what repeated, so that a pattern must prove itself anew. */
  clear(memory: Float64Array): void {
    memory.fill(UNKNOWN, this.#keys, this.#keys + LONGEST_PERIOD);
    memory.fill(0, this.#matches + 1, this.#matches + 1 + LONGEST_PERIOD);
    memory.fill(0, this.holds, this.holds + 2);
  }

  /** How many keys in a row equalled the one `period` before. */
  matches(memory: Float64Array, period: number): number {
    return memory[this.#matches + period] ?? 0;
  }

  /** Whole cycles of this period that end here; 1 when nothing repeats. */
  cycles(memory: Float64Array, period: number): number {
    return Math.floor(this.matches(memory, period) / period) + 1;
  }

  /** The step with which the pattern of this period began. */
  firstStep(memory: Float64Array, period: number): number {
    return memory[this.#firsts + period] ?? 0;
  }

  /** Whether a divisor of the period explains the same keys: then the pattern is that one's. */
  isMultiple(memory: Float64Array, period: number): boolean {
    const reach = this.matches(memory, period) + period;
    for (let divisor = 1; divisor * 2 <= period; divisor++) {
      if (period % divisor === 0 && this.matches(memory, divisor) + divisor >= reach) return true;
    }
    return false;
  }

  /** Every trait that any step of the last cycle has. */
  traits(memory: Float64Array, period: number): number {
    let traits = 0;
    for (let ago = 0; ago < period; ago++) traits |= this.traitsAgo(memory, ago);
    return traits;
  }

  traitsAgo(memory: Float64Array, ago: number): number {
    return this.#read(memory, this.#traits, ago);
  }

  /** When the key `ago` keys before the latest came; 0 when that is not known. */
  timeMs(memory: Float64Array, ago: number): number {
    return this.#read(memory, this.#times, ago);
  }

  /** A place that was never written reads as 0. */
  #read(memory: Float64Array, part: number, ago: number): number {
    const place = (memory[this.#pushed] ?? 0) - ago + LONGEST_PERIOD;
    return memory[part + (place % LONGEST_PERIOD)] ?? 0;
  }
}
