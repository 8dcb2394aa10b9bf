import type { RecordedCall } from "./recorded-call.ts";
import type { Outcome } from "./reply-status.ts";
import type { Turn } from "./turns.ts";

/** One call, from its first request to its last answer. */
export interface OpenCall {
  readonly call: RecordedCall;
  /** What tells it from all others of its session. */
  readonly id: string;
  /** The calls that were asked for together; absent for what a server asks. */
  readonly turn?: Turn | undefined;
  /** The trace in which it was asked for: of the message, else of its HTTP request. */
  readonly traceparent?: string | undefined;
  /** When it was asked for first. */
  readonly startedAt: number;
  /** When this leg of it was asked for: a call that needed input is asked again. */
  legStartedAt: number;
  /** What earlier legs took; the time a person thought in between is not the server's. */
  workedMs: number;
  /** A record was made before its end: the records of one call share its id. */
  isRecorded?: boolean;
  /** There is an `unresolved` record of it. */
  isGivenUp?: boolean;
  /** How it ended, as far as is known, when nothing more is heard of it. */
  lastKnown?: Outcome;
  /** When that was heard. */
  knownAt?: number;
  /** It was refused for a header and asked again; that happens once. */
  isCorrected?: boolean;
}
