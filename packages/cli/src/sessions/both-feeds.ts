import { CollectorError } from "@caum/collector/validation";
import type { LiveStep, StepFeed } from "./source/live-step.ts";

/**
 * Where nothing is configured: what is recorded here, and what a collector of this machine takes, should one
 * run. A session that is here is told from here alone: the collector may have taken it over.
 */
export class BothFeeds implements StepFeed {
  readonly #local: StepFeed;
  readonly #collector: StepFeed;
  readonly #here = new Set<string>();

  constructor(local: StepFeed, collector: StepFeed) {
    this.#local = local;
    this.#collector = collector;
  }

  async read(): Promise<readonly LiveStep[]> {
    const here = await this.#local.read();
    for (const { session } of here) this.#here.add(session);
    const there = await this.#there();
    return [...here, ...there.filter(({ session }) => !this.#here.has(session))];
  }

  /** Nobody named this collector: that it does not run, or is none, is no failure here. */
  async #there(): Promise<readonly LiveStep[]> {
    try {
      return await this.#collector.read();
    } catch (problem) {
      if (problem instanceof CollectorError) return [];
      throw problem;
    }
  }
}
