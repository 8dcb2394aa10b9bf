import { type Findings, receiptId } from "@caum/core/verify/rules";
import { fromUtf8 } from "./bytes.ts";
import { parseProof, readNote, type VerifierKey } from "./note.ts";
import { isIncluded } from "./tree.ts";

/** Checks that a receipt is for this record: its hash, and the way from there to the signed root. */
export async function checkReceipt(
  file: string,
  bytes: Uint8Array,
  leaves: readonly string[],
  key: VerifierKey,
  findings: Findings,
): Promise<void> {
  try {
    const { receipt_id: id, evidence } = JSON.parse(fromUtf8(bytes) ?? "");
    const { index, path, note } = parseProof(String(evidence.tlog_proof));
    const { checkpoint, signed } = await readNote(note, key);
    const leaf = leaves[index] ?? "";
    const holds =
      signed === "signed" &&
      file === `receipts/${index}.json` &&
      evidence.event_hash === leaf &&
      id === receiptId(leaf) &&
      (await isIncluded(leaf, index, checkpoint.size, path, checkpoint.root));
    if (!holds)
      findings.add("bad_receipt", file, `${file} is not for its record`, { line: index + 1 });
  } catch {
    findings.add("malformed_receipt", file, `${file} is no receipt`);
  }
}
