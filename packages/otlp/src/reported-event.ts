import type { ReasoningObservation, ToolObservation } from "@caum/core";

/** A call or a turn that telemetry reports. The values in it are content: they go to `payloadOf` only. */
export interface ReportedEvent {
  /**
   * Names it within its session. A span that is sent again, or a span and a log record that
   * report the same call, have the same.
   */
  readonly id: string;
  /** Milliseconds since 1970, by the sender's clock: when it had ended. */
  readonly atMs: number;
  readonly observation: ToolObservation | ReasoningObservation;
  /** The span that reported it, where one did: what is emitted of it is a part of the same trace. */
  readonly span?: { readonly traceId: string; readonly spanId: string };
  /** Ids of calls that the model was answered with it: the session of who asked is the same. */
  readonly answers?: readonly string[];
}
