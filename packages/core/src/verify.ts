/** `@caum/core/verify`: what an auditor needs, and nothing of the recorder. */
export type { RecordOf, StructuralRecord } from "./capture/record.ts";
export { EvidenceError, type EvidenceFault } from "./evidence/error.ts";
export { readLine } from "./evidence/line/read-line.ts";
export { readSignedLog, type SignedLog } from "./evidence/log/log-copy.ts";
export type { KnownLog } from "./evidence/log/log-proofs.ts";
export {
  type ExportFinding,
  type ExportVerification,
  isExport,
  LOG_CHECKPOINT,
  LOG_DELETED,
  LOG_ENTRIES,
  SESSIONS_FOLDER,
  verifyExport,
} from "./evidence/log/verify-export.ts";
export { type Checkpoint, parseCheckpoint } from "./evidence/note/checkpoint.ts";
export { parseNote, type VerifiedSignature, verifySignatures } from "./evidence/note/note.ts";
export { sessionTag } from "./evidence/note/origin.ts";
export { parseTlogProof, type TlogProof } from "./evidence/note/tlog-proof.ts";
export type { VerifierKey } from "./evidence/note/verifier-key.ts";
export { parseVerifierKey } from "./evidence/note/vkey.ts";
export { readBundleLines } from "./evidence/read-bundle-lines.ts";
export { type Opening, readOpenings } from "./evidence/read-openings.ts";
export { parseReceipt, type ReceiptClaim } from "./evidence/receipt.ts";
export { readTimeStamps, type TimeStampFiles } from "./evidence/time-stamp/read-time-stamps.ts";
export {
  type CheckedTimeStamp,
  isTimeStamped,
  MAX_TIME_STAMP_BYTES,
  type TimeStamp,
  type TimeStampFault,
} from "./evidence/time-stamp/time-stamp.ts";
export { hashLeaf } from "./evidence/tree/leaf.ts";
export { verifyConsistency, verifyInclusion } from "./evidence/tree/proofs.ts";
export type { Check } from "./evidence/verify/checks.ts";
export {
  exitCodeOf,
  exitCodeOfVerdict,
  type Requirements,
} from "./evidence/verify/exit-code.ts";
export {
  checkPolicy,
  type Policy,
  type PolicyResult,
  parsePolicy,
} from "./evidence/verify/policy.ts";
export type { SignedBy } from "./evidence/verify/signed-by.ts";
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
