import { CollectorAway } from "../source/ask-collector.ts";
import type { LiveStep, StepFeed } from "../source/live-step.ts";

const READ_EVERY_MS = 500;
const LONGEST_WAIT_MS = 15_000;

/** A feed that waits for a collector which has answered before and went away. */
export class SteadyFeed implements StepFeed {
  readonly #feed: StepFeed;
  readonly #tell: (text: string) => void;
  #hasAnswered = false;
  #misses = 0;

  /** @param tell takes what the person should know, once each time */
  constructor(feed: StepFeed, tell: (text: string) => void) {
    this.#feed = feed;
    this.#tell = tell;
  }

  /** How long to wait before the next read: twice as long after each one that was in vain. */
  get waitMs(): number {
    return Math.min(READ_EVERY_MS * 2 ** this.#misses, LONGEST_WAIT_MS);
  }

  /** @throws {CollectorError} when it refuses, or has not answered even once */
  async read(): Promise<readonly LiveStep[]> {
    try {
      const steps = await this.#feed.read();
      if (this.#misses > 0) this.#tell("the collector answers again");
      this.#hasAnswered = true;
      this.#misses = 0;
      return steps;
    } catch (problem) {
      if (!(this.#hasAnswered && problem instanceof CollectorAway)) throw problem;
      if (this.#misses === 0) this.#tell("the collector went away: waiting for it");
      this.#misses += 1;
      return [];
    }
  }
}
