import { type Key, UNKNOWN } from "../memory/key.ts";
import { LONGEST_PERIOD, LONGEST_WAIT } from "../memory/layout.ts";
import { stepAt } from "../memory/moment.ts";
import type { Beat } from "./beat.ts";

/**
 * Notices that a sequence of keys repeats with some period from 1 to 8.
 *
 * It holds the last 8 keys, and for each period a counter of how many keys in a row equalled the
 * key one period before. One object serves all sessions: the numbers are in the memory of each.
 */
export class PeriodRing {
  /** What is known of the steps whose keys these are. */
  readonly beat: Beat;
  /** First of the slots, one for each period, for wait-hold.ts. */
  readonly holds: number;
  readonly #keys: number;
  readonly #matches: number;
  readonly #firsts: number;

  constructor(at: number, beat: Beat) {
    this.beat = beat;
    this.#keys = at;
    this.#matches = at + LONGEST_PERIOD - 1;
    this.#firsts = at + 2 * LONGEST_PERIOD - 1;
    this.holds = at + 3 * LONGEST_PERIOD;
  }

  /**
   * Takes the key of the step that comes next in the beat. An UNKNOWN key matches nothing, also not
   * another unknown one.
   */
  push(memory: Float64Array, key: Key): void {
    const count = this.beat.count(memory) + 1;
    for (let period = 1; period <= LONGEST_PERIOD; period++) {
      const before = memory[this.#keys + ((count + LONGEST_PERIOD - period) % LONGEST_PERIOD)];
      if (key === UNKNOWN || before !== key) {
        memory[this.#matches + period] = 0;
        continue;
      }
      const matches = this.matches(memory, period);
      if (matches === 0) memory[this.#firsts + period] = this.beat.momentAgo(memory, period - 1);
      memory[this.#matches + period] = matches + 1;
    }
    memory[this.#keys + (count % LONGEST_PERIOD)] = key;
  }

  /** Forgets what repeated, so that a pattern must prove itself anew. */
  clear(memory: Float64Array): void {
    memory.fill(UNKNOWN, this.#keys, this.#keys + LONGEST_PERIOD);
    memory.fill(0, this.#matches + 1, this.#matches + 1 + LONGEST_PERIOD);
    memory.fill(0, this.holds, this.holds + LONGEST_WAIT);
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
    return stepAt(this.firstMoment(memory, period));
  }

  /** That step with its time; see memory/moment.ts. */
  firstMoment(memory: Float64Array, period: number): number {
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
}
