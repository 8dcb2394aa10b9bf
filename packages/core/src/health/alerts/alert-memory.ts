import { type AlertState, QUIET } from "./edge.ts";

/** A loop that was told of and still needs its second word. JSON-safe. */
export interface OwedWord {
  readonly sinceMs: number;
  /** The step at which the loop stopped; absent while it stands. */
  readonly quietFrom?: number;
}

/** What one rule remembers of one session. JSON-safe. */
export interface AlertMemory extends AlertState {
  /** When it last fired, in milliseconds since 1970. */
  readonly firedMs?: number;
  /** Only where loops are followed (follow-loop.ts). */
  readonly owes?: OwedWord;
}

export const UNTOLD: AlertMemory = QUIET;
