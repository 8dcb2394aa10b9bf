export { comparableName } from "./compare/comparable-name.ts";
export { loopKey } from "./compare/comparable-structure.ts";
export { type NearSession, nearestSessions } from "./compare/nearest-sessions.ts";
export {
  type RecurringLoop,
  type RecurringLoops,
  recurringLoops,
} from "./compare/recurring-loops.ts";
export { type DistanceParts, PART_WEIGHTS } from "./compare/structure-distance.ts";
export {
  type ComparedSide,
  compareSides,
  type SideComparison,
  type SideSessions,
} from "./difference/compare-sides.ts";
export type { FigureDifference, FigureName, FigureSide } from "./difference/side-figures.ts";
export type { LoopDifference } from "./difference/side-loops.ts";
export type { ShareDifference, ShareName, ShareSide } from "./difference/side-shares.ts";
export type { ToolDifference } from "./difference/side-tools.ts";
export { StepOrder } from "./difference/step-order.ts";
export {
  CARD_STATES,
  type CardState,
  cardOf,
  hasDrifted,
  latestLoopsOf,
  type Moved,
  type WorkflowCard,
} from "./drift/card.ts";
export type { Since } from "./drift/movement.ts";
export { CHANNELS, type Channel } from "./drift/reading/channel.ts";
export { bytesOfState, decodeState, encodeState, MAX_STATE_BYTES } from "./drift/state-bytes.ts";
export { type BaselineChoice, WorkflowState } from "./drift/workflow-state.ts";
export { type Amount, EXPOSURE_ASSUMPTIONS, type Exposure } from "./exposure/exposure.ts";
export {
  type ExposureOf,
  type ExposureReport,
  exposureReport,
} from "./exposure/exposure-report.ts";
export { decideGate, type GateResult, type GateSide } from "./gate/decide-gate.ts";
export {
  FAIL_KINDS,
  type FailKind,
  GATE_RULES,
  type GateCheck,
  type GateFinding,
  type GateLimits,
  type GateRule,
  MIN_SESSIONS,
  SLOW_MS,
} from "./gate/gate-limits.ts";
export {
  DaySketch,
  decodeSketch,
  encodeSketch,
  MAX_SKETCH_BYTES,
  SKETCH_AMOUNTS,
  SKETCH_SUMS,
  type SketchAmount,
  type SketchSum,
  sketchOf,
} from "./memory/day-sketch.ts";
export type { SparseCounts } from "./memory/sketch-bytes.ts";
export {
  type Calibration,
  calibratedRisk,
  calibrationOf,
  FEWEST_OUTCOMES,
  outcomesOf,
  type ReliabilityBin,
  UNCALIBRATED,
  type Uncalibrated,
} from "./outcome/calibration.ts";
export type { Outcome, RiskStep } from "./outcome/isotonic.ts";
export {
  type BucketCounts,
  bucketMiddle,
  bucketOf,
  LogHistogram,
} from "./profile/log-histogram.ts";
export {
  type LoopKind,
  MAX_LOOP_KINDS,
  MAX_MODELS,
  MAX_TOOLS,
  OPERATIONS,
  type RememberedSession,
  type SessionProfile,
  type SessionStructure,
  type ToolFigures,
} from "./profile/session-profile.ts";
export {
  type SavedCounter,
  StructureCounter,
  type TakenWith,
} from "./profile/structure-counter.ts";
export { decodeRemembered, decodeStructure, encodeStructure } from "./profile/structure-text.ts";
export {
  FILTER_PARTS,
  filterPart,
  type SessionFilter,
  SessionFilterError,
  splitParts,
  withSessionAlone,
} from "./selection/session-filter.ts";
export { type Count, chanceOfMore } from "./statistics/exact-test.ts";
export {
  type Estimate,
  quantile,
  shareDifference,
  shareInterval,
  shift,
} from "./statistics/intervals.ts";
export {
  type CallFigures,
  type ServerStats,
  type SessionStats,
  StatsCounter,
  type ToolStats,
} from "./stats/tool-stats.ts";
