import type { Refusal } from "./upstream/upstream.ts";

/** Something about the delivery that a person should know; the agent is not affected by it. */
export type ReportProblemCode =
  | Refusal["code"]
  | "spool_full"
  | "spool_failed"
  | "spool_refused"
  | "spool_damaged"
  | "record_refused"
  | "evidence_mismatch"
  | "not_delivered"
  | "configuration"
  | "exposed_key";

export interface ReportProblem {
  readonly code: ReportProblemCode;
  readonly message: string;
}
