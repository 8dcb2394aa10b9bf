/** What sessions came to since this node started, as it rolled them up: sums, without any name. */
import type { OverviewSum, RollUpCandidate } from "../../rows/overview-rows.ts";
import { family } from "./exposition.ts";

const NANO_USD_PER_USD = 1e9;

interface Counter {
  readonly name: string;
  readonly text: string;
  readonly sum: OverviewSum;
  readonly unit?: number;
}

const COUNTERS: readonly Counter[] = [
  { name: "caum_sessions_total", text: "Sessions.", sum: "sessions" },
  { name: "caum_looped_sessions_total", text: "Sessions that had a loop.", sum: "looped" },
  { name: "caum_loops_total", text: "Loops.", sum: "loops" },
  { name: "caum_steps_total", text: "Steps.", sum: "steps" },
  { name: "caum_loop_steps_total", text: "Steps inside loops.", sum: "loopSteps" },
  { name: "caum_failed_calls_total", text: "Calls that failed.", sum: "failures" },
  { name: "caum_denied_calls_total", text: "Calls that were denied.", sum: "denied" },
  { name: "caum_dropped_events_total", text: "Events that senders lost.", sum: "dropped" },
  { name: "caum_tokens_total", text: "Tokens, where told.", sum: "tokens" },
  { name: "caum_loop_tokens_total", text: "Tokens in loops, where told.", sum: "loopTokens" },
  {
    name: "caum_cost_usd_total",
    text: "Cost in dollars, where told.",
    sum: "costNanoUsd",
    unit: NANO_USD_PER_USD,
  },
  {
    name: "caum_loop_cost_usd_total",
    text: "Cost of loops in dollars, where told.",
    sum: "loopCostNanoUsd",
    unit: NANO_USD_PER_USD,
  },
];

export class SessionCounts {
  readonly #sums = new Map<OverviewSum, number>();

  /** @param candidates as they were saved; each node tells of those that it saved itself */
  rolledUp(candidates: readonly RollUpCandidate[]): void {
    for (const { sum } of COUNTERS) {
      let added = this.#sums.get(sum) ?? 0;
      for (const { before, contribution } of candidates) {
        // A counter never falls, whatever becomes of a session.
        added += Math.max(0, contribution.figures[sum] - (before?.figures[sum] ?? 0));
      }
      this.#sums.set(sum, added);
    }
  }

  format(): readonly string[] {
    return COUNTERS.flatMap(({ name, text, sum, unit = 1 }) =>
      family(name, "counter", text, [[(this.#sums.get(sum) ?? 0) / unit]]),
    );
  }
}
