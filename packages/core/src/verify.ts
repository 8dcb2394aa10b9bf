/** `@caum/core/verify`: what an auditor needs, and nothing of the recorder. */
export type { RecordOf, StructuralRecord } from "./capture/record.ts";
export { EvidenceError, type EvidenceFault } from "./evidence/error.ts";
export { readLine } from "./evidence/line/record-line.ts";
export { type Checkpoint, parseCheckpoint, sessionTag } from "./evidence/note/checkpoint.ts";
export { parseNote, type VerifiedSignature, verifySignatures } from "./evidence/note/note.ts";
export { parseTlogProof, type TlogProof } from "./evidence/note/tlog-proof.ts";
export { parseVerifierKey, type VerifierKey } from "./evidence/note/vkey.ts";
export { parseReceipt, type ReceiptClaim } from "./evidence/receipt.ts";
export { hashLeaf } from "./evidence/tree/leaf.ts";
export { verifyConsistency, verifyInclusion } from "./evidence/tree/proofs.ts";
export type { Check } from "./evidence/verify/checks.ts";
export {
  exitCodeOf,
  exitCodeOfVerdict,
  type Requirements,
} from "./evidence/verify/exit-code.ts";
export type { SignedBy } from "./evidence/verify/signed-heads.ts";
export {
  type Verification,
  type VerifyOptions,
  verifyBundle,
} from "./evidence/verify/verify-bundle.ts";
export {
  type PackFinding,
  type PackVerification,
  verifyPack,
} from "./evidence/verify/verify-pack.ts";
