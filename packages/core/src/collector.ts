/** `@caum/core/collector`: for who keeps the records of others. */

// Fields of a record.

export { errorClassOf } from "./capture/error-class.ts";
export { EventIds } from "./capture/event-id.ts";
export { isIdentifier } from "./capture/identifier.ts";
export { timestampAt } from "./capture/timestamp.ts";
export type { OpenFacts } from "./evidence/run-writer.ts";

// What OpenTelemetry is told of it.

export {
  readTraceParent,
  type TraceParent,
  traceLinkOf,
} from "./capture/observation/trace-parent.ts";
export { EMITTED_SCOPE, emittedStanding } from "./report/emission/emission.ts";

// Lines and chains.

export { accept, NEW_RUN } from "./evidence/acceptance.ts";
export { encodeLine } from "./evidence/line/line.ts";
export {
  type Fork,
  formatFork,
  formatTombstone,
  parseTombstone,
} from "./evidence/rules/side-lines.ts";

// Trees, and what signs them.

export { formatCheckpoint, logKeyNameOf } from "./evidence/note/checkpoint.ts";
export { formatNote } from "./evidence/note/note.ts";
export { logOrigin, sessionOrigin } from "./evidence/note/origin.ts";
export { cosignNote, Signer, signCheckpoint } from "./evidence/note/signer.ts";
export { formatTlogProof } from "./evidence/note/tlog-proof.ts";
export { encodeVerifierKey } from "./evidence/note/vkey.ts";
export { CompactRange, type CompactRangeState } from "./evidence/tree/compact-range.ts";
export { EMPTY_ROOT } from "./evidence/tree/inclusion.ts";
export { sha256 } from "./evidence/tree/leaf.ts";
export {
  proveConsistency,
  proveInclusion,
  type SubtreeRoot,
  subtreeRoots,
} from "./evidence/tree/proofs.ts";

// Witnesses: what is sent to them, and what they answer.

export { MAX_ANSWER_BYTES, readCosignatures } from "./evidence/witness/answer.ts";
export { type Judgement, judgeSubmission } from "./evidence/witness/judge.ts";
export {
  formatSubmission,
  MAX_SUBMISSION_BYTES,
  parseSubmission,
  type Submission,
} from "./evidence/witness/submission.ts";

// Receipts and bundles.

export { FileSlice } from "./evidence/bundle/file-slice.ts";
export { paddedLength } from "./evidence/bundle/list-tar.ts";
export { tarEnd, tarHeader } from "./evidence/bundle/tar.ts";
export { readVerifier } from "./evidence/bundle/write-bundle.ts";
export { RECEIPT_MODE } from "./evidence/rules/receipt-id.ts";
