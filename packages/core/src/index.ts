export { errorClassOf } from "./capture/error-class.ts";
export { EventIds } from "./capture/event-id.ts";
export { isIdentifier } from "./capture/identifier.ts";
export { isJoinedSessionId, joinedSessionId } from "./capture/joined-session.ts";
export { readOrCreateKeyFile } from "./capture/keys/key-file.ts";
export { loadRootKey, type RootKey } from "./capture/keys/root-key.ts";
export { SessionKeys } from "./capture/keys/session-keys.ts";
export { labelOf, ownLabelOf } from "./capture/label.ts";
export { digestCall, digestTurn, keyCall } from "./capture/observation/digest-call.ts";
export type {
  EnvironmentObservation,
  Observation,
  PayloadDraft,
  ReasoningObservation,
  ToolObservation,
} from "./capture/observation/observation.ts";
export { payloadOf } from "./capture/observation/payload-of.ts";
export type { ToolAnnotations } from "./capture/operation.ts";
export {
  costOf,
  DEFAULT_PRICES,
  type ModelPrice,
  PRICE_SOURCES,
  type PriceTable,
  type TokenCounts,
} from "./capture/price-table.ts";
export {
  type Category,
  type Layer,
  OPS,
  type Op,
  type RecordOf,
  STATUSES,
  type Status,
  type StructuralRecord,
  VIEWS,
  type View,
} from "./capture/record.ts";
export type { Shape } from "./capture/shape/shape.ts";
export { timestampAt } from "./capture/timestamp.ts";
export { VERSION } from "./capture/version.ts";
export { accept, NEW_RUN, type RunCursor } from "./evidence/acceptance.ts";
export { type FileSlice, SliceReader } from "./evidence/bundle/file-slice.ts";
export { type Fork, formatFork, formatTombstone } from "./evidence/bundle/side-lines.ts";
export { listTar, paddedLength, tarEnd, tarHeader } from "./evidence/bundle/tar.ts";
export { readVerifier } from "./evidence/bundle/write-bundle.ts";
export { canonicalJson } from "./evidence/line/jcs.ts";
export { encodeLine, MAX_LINE_BYTES } from "./evidence/line/line.ts";
export { sessionOrigin } from "./evidence/note/checkpoint.ts";
export { formatNote } from "./evidence/note/note.ts";
export { cosignNote, Signer, signCheckpoint } from "./evidence/note/signer.ts";
export { formatTlogProof } from "./evidence/note/tlog-proof.ts";
export { RECEIPT_MODE, receiptId } from "./evidence/receipt.ts";
export type { Draft, OpenFacts } from "./evidence/run-writer.ts";
export { shellWord } from "./evidence/shell-word.ts";
export { CompactRange, type CompactRangeState } from "./evidence/tree/compact-range.ts";
export { EMPTY_ROOT, NO_PREVIOUS_HASH, sha256 } from "./evidence/tree/leaf.ts";
export {
  proveConsistency,
  proveInclusion,
  type SubtreeRoot,
  subtreeRoots,
} from "./evidence/tree/proofs.ts";
export { loadWriterKey, rotateWriterKey, type WriterKey } from "./evidence/writer-key.ts";
export {
  type AlertStory,
  alertMessage,
  alertSentence,
  durationWords,
  storyOf,
  WHAT_TO_SEND,
  type Word,
} from "./health/alerts/alert-sentence.ts";
export {
  AlertWatch,
  type LocalAlert,
  type LocalAlertListener,
} from "./health/alerts/alert-watch.ts";
export {
  CONDITION_FORMS,
  type Condition,
  ConditionError,
  formatCondition,
  parseCondition,
} from "./health/alerts/condition.ts";
export { type AlertState, followAlert, moveAlert, QUIET } from "./health/alerts/edge.ts";
export { type Followed, followLoop } from "./health/alerts/follow-loop.ts";
export { agentName, plainName } from "./health/alerts/readable-name.ts";
export {
  type AlertMemory,
  type Sighting,
  UNTOLD,
  type Watched,
  watchCondition,
} from "./health/alerts/watch.ts";
export { isWeakness } from "./health/alerts/weakness-phrase.ts";
export {
  type Advice,
  type Assessment,
  type EventType,
  isWorthSaying,
  type Pattern,
  type PublicClass,
  tellsOnlyNames,
} from "./health/assessment.ts";
export { ENGINE_VERSION } from "./health/engine-version.ts";
export { Health } from "./health/health.ts";
export { familyOf, type Regime, type RegimeFamily } from "./health/scores/regime.ts";
export { type Tier, tierOf } from "./health/scores/tier.ts";
export { scoreAtEnd, UDS_CAPS, type UdsCap, udsCappedBy } from "./health/session/capped.ts";
export { TELEMETRY } from "./health/session/order.ts";
export { replay, stepsInOrder } from "./health/session/replay.ts";
export { type SavedSession, SessionHealth } from "./health/session/session-health.ts";
export {
  dominantRegime,
  type Loop,
  NOTHING_YET,
  type SessionSummary,
  summarize,
} from "./health/session/session-summary.ts";
export { sessionTitle, type TitleFacts } from "./health/session/session-title.ts";
export type { Step } from "./health/step/step.ts";
export { type Origin, stepOf } from "./health/step/step-of.ts";
export type { TraceQuality } from "./health/trace-quality.ts";
export {
  Adapter,
  type AdapterIdentity,
  type AdapterOptions,
  type Diagnostic,
  installedVersion,
} from "./merge/adapter.ts";
export { CallMerger, type CallMergerOptions, type CallSink } from "./merge/call-merger.ts";
export type { CallFacts, CallKey, CallOutcome } from "./merge/calls/call-facts.ts";
export { outcomeOfFailure } from "./merge/failure.ts";
export { currentSession, enterSession, withSession } from "./merge/process/current-session.ts";
export {
  type CurrentSession,
  processRegistry,
  tellOnce,
} from "./merge/process/process-registry.ts";
export { RecentMap } from "./merge/process/recent-map.ts";
export type { TurnFacts, TurnKey, TurnOutcome } from "./merge/turns.ts";
export { createObserver, Observer } from "./observer.ts";
export type { ObserverOptions, ObserverProblem, ObserverStatus } from "./observer-options.ts";
export type { DeliveryResult } from "./report/delivery/tally.ts";
export { FRESH_MS, LoopTeller, localTeller, loopNotice } from "./report/desktop/loop-teller.ts";
export {
  howToNotify,
  type Notification,
  type NotifierCommand,
  notifierCommand,
  notifyDesktop,
} from "./report/desktop/notifier.ts";
export { loopKey, SAME_NEWS_MS, ToldLoops } from "./report/desktop/told-loops.ts";
export { openSpoolSender, type SpoolSender } from "./report/follow-spool.ts";
export { closeLeftRuns } from "./report/local/close-left-runs.ts";
export { isWriterGone } from "./report/local/run-owner.ts";
export { signLeftRuns } from "./report/local/sign-left-runs.ts";
export { previewSpool } from "./report/preview.ts";
export type { SpoolFollower } from "./report/reporter.ts";
export {
  type Configuration,
  homeOf,
  loadConfiguration,
  type Settings,
} from "./report/settings/configuration.ts";
export { DOCTOR_SESSION } from "./report/settings/doctor-session.ts";
export {
  keepLocalAccount,
  type LocalAccount,
  readLocalAccount,
} from "./report/settings/local-account.ts";
export { type BlindNote, readBlindNotes, takeBlindParts } from "./report/status/blind-notes.ts";
export {
  readUpstreams,
  spoolProblem,
  type UpstreamStatus,
} from "./report/status/upstream-status.ts";
export { type Evidence, Session, type Verdict } from "./session.ts";
export type { SessionFacts } from "./session-facts.ts";
export { clientVersion } from "./wire/client-version.ts";
export { endModelSession, type ModelPass, observeModelClient } from "./wire/model-observer.ts";
export { observeCopies } from "./wire/observed-copies.ts";
export type { SentRequest } from "./wire/sent-request.ts";
