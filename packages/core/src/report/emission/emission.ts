/** What a session says to OpenTelemetry. Plain data that crosses threads; structure, as in a record. */

import type { TraceParent } from "../../capture/observation/trace-parent.ts";
import type { Layer, PayloadDraft } from "../../capture/record.ts";
import type { Assessment } from "../../health/assessment.ts";

/** The instrumentation scope of what we emit, by which a collector knows it again. */
export const EMITTED_SCOPE = "caum";

/** Whose emission it is. */
export interface EmittedSession {
  readonly id: string;
  readonly runId: string;
  /** Of the trace that the session is shown as: 32 hex, equal for all who know the session's key. */
  readonly traceId: string;
  readonly agentId: string;
  readonly agentName?: string | undefined;
  /** Where its writer stands; absent where that is not known. */
  readonly layer?: Layer | undefined;
  /** Where people look at it. */
  readonly page?: string | undefined;
}

/** How a session stands, as far as it is emitted. */
export type EmittedStanding = Pick<
  Assessment,
  "step" | "eventType" | "regime" | "tier" | "uds" | "publicClass" | "pattern"
>;

/** A record with how its session stands after it; without a record, its run is over. */
export interface Emission {
  readonly session: EmittedSession;
  /** When it happened, in milliseconds since 1970. */
  readonly atMs: number;
  readonly record?: PayloadDraft | undefined;
  readonly standing?: EmittedStanding | undefined;
  /** What caused it, where that is known. */
  readonly parent?: TraceParent | undefined;
  /** When a collector had it, in milliseconds since 1970; absent elsewhere. */
  readonly receivedMs?: number | undefined;
}

/** Brings emissions out of the process. */
export interface Emitter {
  /** Never throws and never waits. */
  emit(emission: Emission): void;
  /** The trace context in which the process works at the moment, as a `traceparent`. */
  traceparent?(): string | undefined;
}

export function emittedStanding(assessment: EmittedStanding): EmittedStanding {
  const { step, eventType, regime, tier, uds, publicClass, pattern } = assessment;
  return { step, eventType, regime, tier, uds, publicClass, pattern };
}
