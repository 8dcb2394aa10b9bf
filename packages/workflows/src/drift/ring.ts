/** The latest sessions, numbered as they came; an older one leaves when the ring is full. */
import { type Reading, UNKNOWN } from "./reading/reading.ts";
import { WINDOW } from "./statistics/thresholds.ts";

export class Ring {
  readonly #readings: Reading[] = [];

  get length(): number {
    return this.#readings.length;
  }

  /** @returns the session that leaves for it */
  push(reading: Reading): Reading | undefined {
    this.#readings.push(reading);
    return this.#readings.length > WINDOW ? this.#readings.shift() : undefined;
  }

  /** Counted backwards from the latest, from 0. */
  at(ago: number): Reading | undefined {
    return this.#readings[this.#readings.length - 1 - ago];
  }

  codeAt(ago: number, column: number): number {
    return this.at(ago)?.codes[column] ?? UNKNOWN;
  }

  /** The oldest first. */
  get readings(): readonly Reading[] {
    return this.#readings;
  }
}
