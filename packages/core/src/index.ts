/** `@caum/core`: for who observes, in the order in which one meets it. */

// Who observes, and from where.

export type { Layer, View } from "./capture/record.ts";
export { createObserver, Observer } from "./observer.ts";
export type { ObserverOptions } from "./observer-options.ts";
export type { Settings } from "./report/settings/configuration.ts";

// What is observed.

export type {
  EnvironmentObservation,
  Observation,
  ReasoningObservation,
  ToolObservation,
} from "./capture/observation/observation.ts";
export type { ToolAnnotations } from "./capture/operation.ts";
export type { Op, Status } from "./capture/record.ts";
export { Session } from "./session.ts";
export type { SessionFacts } from "./session-facts.ts";

// What it answers.

export type { Advice } from "./health/assessment.ts";
export type { Regime } from "./health/scores/regime.ts";
export type { Tier } from "./health/scores/tier.ts";
export type { Evidence, Verdict } from "./session.ts";

// What is told of later.

export {
  AlertWatch,
  type LocalAlert,
  type LocalAlertListener,
} from "./health/alerts/alert-watch.ts";
export type { ObserverProblem, ObserverStatus } from "./observer-options.ts";
export type { DeliveryResult } from "./report/delivery/tally.ts";

// What is emitted.

export type {
  Emission,
  EmittedSession,
  EmittedStanding,
  Emitter,
} from "./report/emission/emission.ts";

// Which release this is.

export { VERSION } from "./capture/version.ts";
