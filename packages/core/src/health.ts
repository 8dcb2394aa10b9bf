/** `@caum/core/health`: for who judges records. */

// One session, step by step.

export { ENGINE_VERSION } from "./health/engine-version.ts";
export { Health } from "./health/health.ts";
export { TELEMETRY } from "./health/session/order.ts";
export { replay, stepsInOrder } from "./health/session/replay.ts";
export { SessionHealth } from "./health/session/session-health.ts";
export type { Step } from "./health/step/step.ts";
export { isStepRecord, stepOf } from "./health/step/step-of.ts";

// What is said of a step.

export { isWeakness } from "./health/alerts/weakness-phrase.ts";
export {
  type Assessment,
  type EventType,
  isWorthSaying,
  type Pattern,
  tellsOnlyNames,
} from "./health/assessment.ts";
export { familyOf } from "./health/scores/regime.ts";
export { scoreAtEnd, type UdsCap, udsCappedBy } from "./health/session/capped.ts";

// What is said of a session.

export {
  dominantRegime,
  type Loop,
  NOTHING_YET,
  type SessionSummary,
  summarize,
} from "./health/session/session-summary.ts";
export { sessionTitle } from "./health/session/session-title.ts";

// Rules, and when they fire.

export { type AlertMemory, UNTOLD } from "./health/alerts/alert-memory.ts";
export { type AlertState, followAlert, QUIET } from "./health/alerts/edge.ts";
export { followLoop } from "./health/alerts/follow-loop.ts";
export { type Sighting, watchCondition } from "./health/alerts/watch.ts";

// The words for a person.

export {
  type AlertStory,
  alertMessage,
  alertSentence,
  durationWords,
  storyOf,
  WHAT_TO_SEND,
  type Word,
} from "./health/alerts/alert-sentence.ts";
export { agentName } from "./health/alerts/readable-name.ts";
export type { MovedFigure, WorkflowStory } from "./health/alerts/workflow-sentence.ts";
