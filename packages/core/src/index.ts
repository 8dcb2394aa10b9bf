export { SessionKeys } from "./capture/digest.ts";
export { EventIds } from "./capture/event-id.ts";
export { readOrCreateKeyFile } from "./capture/key-file.ts";
export { labelOf } from "./capture/label.ts";
export type {
  EnvironmentObservation,
  Observation,
  ReasoningObservation,
  ToolObservation,
} from "./capture/observation.ts";
export { type PayloadDraft, payloadOf } from "./capture/observation.ts";
export type { ToolAnnotations } from "./capture/operation.ts";
export {
  type Category,
  type Layer,
  OPS,
  type Op,
  type RecordOf,
  STATUSES,
  type Status,
  type StructuralRecord,
  type View,
} from "./capture/record.ts";
export { loadRootKey, type RootKey } from "./capture/root-key.ts";
export type { Shape } from "./capture/shape.ts";
export { type Fork, formatFork, formatTombstone } from "./evidence/bundle/side-lines.ts";
export { CompactRange, type CompactRangeState } from "./evidence/compact-range.ts";
export { EMPTY_ROOT, NO_PREVIOUS_HASH, sha256 } from "./evidence/leaf.ts";
export { encodeLine, MAX_LINE_BYTES } from "./evidence/line.ts";
export { sessionOrigin } from "./evidence/note/checkpoint.ts";
export { Signer, signCheckpoint } from "./evidence/note/signer.ts";
export { formatTlogProof } from "./evidence/note/tlog-proof.ts";
export {
  proveConsistency,
  proveInclusion,
  type SubtreeRoot,
  subtreeRoots,
} from "./evidence/proofs.ts";
export { RECEIPT_MODE, receiptId } from "./evidence/receipt.ts";
export { type Draft, isIdentifier, type OpenFacts } from "./evidence/run-writer.ts";
export { loadWriterKey, type WriterKey } from "./evidence/writer-key.ts";
export { type AlertState, moveAlert, QUIET } from "./health/alert-edge.ts";
export type { Assessment } from "./health/assessment.ts";
export { Health } from "./health/health.ts";
export { familyOf } from "./health/scores/regime.ts";
export { replay } from "./health/session/replay.ts";
export { type SavedSession, SessionHealth } from "./health/session/session-health.ts";
export {
  dominantRegime,
  type Loop,
  NOTHING_YET,
  type SessionSummary,
  summarize,
} from "./health/session/session-summary.ts";
export type { Step } from "./health/step.ts";
export { stepOf } from "./health/step-of.ts";
export {
  createObserver,
  Observer,
  type ObserverOptions,
  type ObserverProblem,
  type ObserverStatus,
  type SessionFacts,
} from "./observer.ts";
export { type Evidence, Session, type Verdict } from "./session.ts";
