/** What the reporter needs of a collector, whichever protocol it speaks. */

/** One record on its way: its canonical line, and its place. */
export interface Entry {
  readonly sessionId: string;
  readonly runId: string;
  readonly seq: number;
  /** Canonical text without newline. */
  readonly line: string;
  /**
   * `own`: observed by this process. `adopted`: left behind by a dead one. `declared`: made on the
   * way, for records that nobody has any more.
   */
  readonly origin: "own" | "adopted" | "declared";
}

/** What the collector says of the tree that it keeps for a session. */
export interface TreeStanding {
  readonly treeSize: number;
  /** 64 hex. */
  readonly merkleRoot: string;
  /** Runs in that tree; with one run its root is the root of the run. */
  readonly runCount: number;
}

/** Why lines are still here. */
export interface Refusal {
  readonly code:
    | "unreachable"
    | "not_a_collector"
    | "collector_failed"
    | "key_refused"
    | "payment_required";
  /** What is wrong and then what to do; never a value of ours or theirs. */
  readonly message: string;
}

export type Reply =
  | {
      readonly outcome: "taken";
      /** Entries from the first on that are settled: stored, known or set aside. */
      readonly settled: number;
      /** Positions of entries that the collector had already. */
      readonly duplicate: ReadonlySet<number>;
      /** Positions of entries that contradict what is stored; kept aside there as forks. */
      readonly forked: ReadonlySet<number>;
      /** The next entry was not stored, because records before it are missing there. */
      readonly gap?: { readonly expected: number; readonly head: string };
      readonly standing?: TreeStanding;
    }
  /** Something in it is not acceptable: send less at once. */
  | { readonly outcome: "refused" }
  | { readonly outcome: "failed"; readonly refusal: Refusal; readonly retryAfterMs?: number }
  | { readonly outcome: "stopped"; readonly refusal: Refusal };

export interface Upstream {
  /** Sends entries of one run in order of seq; never rejects. */
  send(entries: readonly Entry[]): Promise<Reply>;
}
