/** What was spent so far, and by which tool the latest steps were made. */

/** Tokens, milliseconds and nano-dollars, as far as somebody said. */
export interface Spending {
  readonly tokens: number;
  readonly ms: number;
  readonly costNanoUsd: number;
}

const NOTHING_SPENT: Spending = { tokens: 0, ms: 0, costNanoUsd: 0 };

/** A step, the place of its tool, and what the session had spent by then. */
type RecentStep = readonly [step: number, tool: number, tokens: number, ms: number, cost: number];

export interface SavedSteps {
  readonly total: Spending;
  readonly steps: readonly RecentStep[];
}

/** A loop is found within so many steps of its first. */
const STEPS_KEPT = 64;

/** The latest steps of a session; of a loop that began before them, what the oldest one shows is known. */
export class RecentSteps {
  /** A ring, once it is full. */
  readonly #steps: RecentStep[];
  /** Place of the oldest one. */
  #first = 0;
  #tokens: number;
  #ms: number;
  #costNanoUsd: number;

  constructor({ total, steps }: SavedSteps = { total: NOTHING_SPENT, steps: [] }) {
    this.#steps = [...steps];
    this.#tokens = total.tokens;
    this.#ms = total.ms;
    this.#costNanoUsd = total.costNanoUsd;
  }

  /** What comes before a step belongs to it: a model turn asks for the call that follows. */
  spend(tokens: number, ms: number, costNanoUsd: number): void {
    this.#tokens += tokens;
    this.#ms += ms;
    this.#costNanoUsd += costNanoUsd;
  }

  /** @param tool its place among the tools of the session; below 0 where it has none */
  add(step: number, tool: number): void {
    const recent: RecentStep = [step, tool, this.#tokens, this.#ms, this.#costNanoUsd];
    if (this.#steps.length < STEPS_KEPT) {
      this.#steps.push(recent);
      return;
    }
    this.#steps[this.#first] = recent;
    this.#first = (this.#first + 1) % STEPS_KEPT;
  }

  /** What was spent after a step, and the tools of the steps after it. */
  since(step: number): { readonly spent: Spending; readonly tools: readonly number[] } {
    const tools: number[] = [];
    const { length } = this.#steps;
    let then: RecentStep | undefined;
    for (let back = 1; back <= length; back++) {
      then = this.#steps[(this.#first + length - back) % length];
      if (then === undefined || then[0] <= step) break;
      tools.push(then[1]);
    }
    // Of a step that is forgotten, what is known of the oldest is the nearest.
    const isKnown = then !== undefined && (then[0] <= step || length >= STEPS_KEPT);
    const [, , tokens, ms, costNanoUsd] = isKnown && then ? then : [0, 0, 0, 0, 0];
    const spent = {
      tokens: this.#tokens - tokens,
      ms: this.#ms - ms,
      costNanoUsd: this.#costNanoUsd - costNanoUsd,
    };
    return { spent, tools };
  }

  save(): SavedSteps {
    const steps = [...this.#steps.slice(this.#first), ...this.#steps.slice(0, this.#first)];
    const total = { tokens: this.#tokens, ms: this.#ms, costNanoUsd: this.#costNanoUsd };
    return { total, steps };
  }
}
