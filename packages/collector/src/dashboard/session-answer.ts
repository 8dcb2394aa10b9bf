import { CompactRange } from "@caum/core/collector";
import { receiptId } from "@caum/core/verify/rules";
import { type Pattern, patternOf } from "../doors/session/step-assessment.ts";
import type { SessionView } from "../store/store.ts";
import { type LedgerRow, type LedgerSource, ledgerRow } from "./ledger-rows.ts";

/** A session beside its records: how it stands, why, and the head of its evidence. */
export interface SessionAnswer extends LedgerRow {
  readonly merkle_root: string;
  readonly tree_size: number;
  /** Leaf of the last record. */
  readonly chain_head: string;
  readonly receipt_id: string | null;
  readonly advice: string;
  readonly healthy: string;
  readonly trace_quality: string;
  readonly reasons: readonly string[];
  readonly pattern: Pattern | null;
  /** Index of the first record that is judged: what came before was another attempt. */
  readonly segment_start: number;
}

export async function sessionAnswer(
  tenant: number,
  view: SessionView,
  source: LedgerSource,
): Promise<SessionAnswer> {
  const { standing, tree, lastLeaf } = view;
  return {
    ...(await ledgerRow(tenant, view, source)),
    merkle_root: CompactRange.restore(tree).root,
    tree_size: tree.size,
    chain_head: lastLeaf,
    receipt_id: tree.size > 0 ? receiptId(lastLeaf) : null,
    advice: standing.advice,
    healthy: standing.healthy,
    trace_quality: standing.traceQuality,
    reasons: standing.reasons,
    pattern: standing.pattern ? patternOf(standing.pattern) : null,
    segment_start: view.segmentStart,
  };
}
