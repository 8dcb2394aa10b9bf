import type { Entry } from "../upstream/upstream.ts";

/** What became of the records of this process, and of those it took over from dead ones. */
export interface DeliveryResult {
  /** Stored by the collector. */
  readonly accepted: number;
  /** The collector had them already: an earlier answer was lost on the way. */
  readonly duplicate: number;
  /** Set aside: the collector does not take them, or holds another record in their place. */
  readonly rejected: number;
  /** Kept on this machine: they wait for the collector, or there is none. */
  readonly spooled: number;
  /** Assessed but not recorded, because there was no room; counted in the chain. */
  readonly dropped: number;
}

export type Settlement = "accepted" | "duplicate" | "rejected";

export class Tally {
  accepted = 0;
  duplicate = 0;
  rejected = 0;
  /** How many of the records that this process made are settled. */
  own = 0;

  count({ origin }: Entry, settlement: Settlement): void {
    if (origin === "declared") return;
    this[settlement] += 1;
    if (origin === "own") this.own += 1;
  }
}
