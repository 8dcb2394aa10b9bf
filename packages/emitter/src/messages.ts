/** What passes between a host and the thread that sends for it. Plain data. */
import type { Emission } from "@caum/core";
import type { Destination } from "./destination.ts";

/** What the thread is started with. */
export interface ThreadFacts {
  readonly destination: Destination;
  readonly service: { readonly name: string; readonly version: string };
}

export interface ToThread {
  readonly emissions: readonly Emission[];
  /** Spans that wait are sent now; with `close`, sessions that are open end first. */
  readonly then?: "flush" | "close";
}

/** What became of spans so far. */
export interface SpanTally {
  readonly sent: number;
  /** There was no room for them. */
  readonly dropped: number;
  /** The receiver refused them, or could not be reached. */
  readonly failed: number;
}

export interface FromThread {
  readonly tally: SpanTally;
  /** Emissions were taken; absent where only the tally is news. */
  readonly taken?: true;
  /** What was asked for with them is done; absent where nothing was, or it is not yet. */
  readonly done?: "flush" | "close";
}
