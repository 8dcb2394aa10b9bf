/** What the collector answers, as the page uses it. Absent means unknown. */

/** A row of the ledger. */
export interface SessionRow {
  readonly id: string;
  readonly agent: string;
  readonly workflow: string | undefined;
  readonly team: string | undefined;
  readonly steps: number;
  readonly regime: string;
  readonly tier: string;
  readonly uds: number;
  readonly failureRisk: number | null;
  /** UDS of the last steps, oldest first. */
  readonly recentUds: readonly number[];
  readonly publicClass: string;
  readonly tokens: number;
  readonly costUsd: number;
  /** By the sender's clock. */
  readonly firstMs: number;
  readonly lastMs: number;
  /** When something of it arrived last: the order of the ledger. */
  readonly changedMs: number;
  readonly ended: boolean;
  /** Who it is, for people. */
  readonly title: string;
  /** A loop stands, and the session goes on. */
  readonly isLooping: boolean;
  /** What is to be said of that loop. */
  readonly message: string | undefined;
  readonly worstTier: string;
  readonly loops: number;
  readonly loopSteps: number;
  readonly loopCostUsd: number;
  /** It had a loop that nobody has acknowledged. */
  readonly isMarked: boolean;
  readonly acknowledged: { readonly atMs: number; readonly by: string } | undefined;
  /** Calls that did not do what they were asked for. */
  readonly failures: number | undefined;
}

export interface Pattern {
  readonly rule: string;
  readonly period: number;
  readonly cycles: number;
  readonly fromStep: number;
}

/** A record as the tables show it. */
export interface Recorded {
  readonly index: number;
  readonly atMs: number;
  readonly run: string;
  /** Layer, view and writer, where it opens its run. */
  readonly opens: string | undefined;
  /** Tool, model or kind of record. */
  readonly name: string;
  readonly op: string | undefined;
  readonly status: string | undefined;
  readonly durationMs: number | undefined;
  readonly argumentsBytes: number | undefined;
  readonly resultBytes: number | undefined;
  readonly tokens: number | undefined;
  readonly costUsd: number | undefined;
  readonly agentTag: string | undefined;
  readonly serverTag: string | undefined;
  readonly leaf: string;
  readonly assessed: Step | undefined;
}

/** How the session stood after a step. */
export interface Step {
  readonly step: number;
  readonly regime: string;
  readonly tier: string;
  readonly uds: number;
  readonly failureRisk: number | null;
  readonly publicClass: string;
  readonly reasons: readonly string[];
  readonly pattern: Pattern | undefined;
  /** What an alert that stands says to a person. */
  readonly message: string | undefined;
}

/** A session beside its records. */
export interface SessionHead {
  readonly row: SessionRow;
  readonly advice: string;
  /** Leaf of the last record. */
  readonly chainHead: string;
  readonly root: string;
  readonly size: number;
  readonly receiptId: string;
  /** How much of each call is known: `full`, `partial`, `labels`, `unstable_hashes`. */
  readonly traceQuality: string;
}
