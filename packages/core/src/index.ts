export type {
  EnvironmentObservation,
  Observation,
  ReasoningObservation,
  ToolObservation,
} from "./capture/observation.ts";
export type {
  Category,
  Layer,
  Op,
  RecordOf,
  Status,
  StructuralRecord,
  View,
} from "./capture/record.ts";
export type { Assessment } from "./health/assessment.ts";
export { Health } from "./health/health.ts";
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
