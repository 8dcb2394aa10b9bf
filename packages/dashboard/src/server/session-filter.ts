/** What the ledger is narrowed to; absent is everything. */
export interface SessionFilter {
  readonly search?: string | undefined;
  readonly regime?: string | undefined;
  readonly tier?: string | undefined;
  readonly agent?: string | undefined;
  /** `had`: with a loop, also if it moved on; `marked`: with one that nobody has acknowledged. */
  readonly loops?: string | undefined;
  /** Seen in the last so many milliseconds, as text. */
  readonly withinMs?: string | undefined;
}

/** By what the list is ordered. */
export const ORDERS = ["last", "steps", "loops", "failures", "cost"] as const;

export interface SessionOrder {
  readonly by: (typeof ORDERS)[number];
  /** The least first. */
  readonly isAscending: boolean;
}
