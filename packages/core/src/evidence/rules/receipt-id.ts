export const RECEIPT_MODE = "zero_semantic_live_evidence_receipt";

const ID_PREFIX = "caum_live_receipt_";
const ID_LEAF_DIGITS = 26;

/** The id of the receipt for a record with this leaf. */
export function receiptId(leaf: string): string {
  return ID_PREFIX + leaf.slice(0, ID_LEAF_DIGITS);
}
