import type { Verdict } from "@caum/core";
import {
  type AlertState,
  followAlert,
  NOTHING_YET,
  QUIET,
  type SessionSummary,
  summarize,
} from "@caum/core/health";

/** What a session has come to; values only, never content. */
export class SessionSoFar {
  #summary: SessionSummary = NOTHING_YET;
  #alert: AlertState = QUIET;
  #last: Verdict | undefined;
  #tokens = 0;
  #costUsd = 0;

  get summary(): SessionSummary {
    return this.#summary;
  }

  get last(): Verdict | undefined {
    return this.#last;
  }

  get totals(): { readonly total_tokens: number; readonly cost_usd: number } {
    return { total_tokens: this.#tokens, cost_usd: this.#costUsd };
  }

  /** @returns whether the session entered an alert with this verdict */
  take(verdict: Verdict): boolean {
    this.#last = verdict;
    this.#summary = summarize(this.#summary, verdict);
    const before = this.#alert.standing;
    this.#alert = followAlert(this.#alert, verdict);
    return this.#alert.standing && !before;
  }

  addUsage(tokens: number | undefined, costUsd: number | undefined): void {
    if (tokens !== undefined && tokens > 0) this.#tokens += tokens;
    if (costUsd !== undefined && costUsd > 0) this.#costUsd += costUsd;
  }
}
