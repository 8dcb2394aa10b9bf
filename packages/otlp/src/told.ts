import type { ReasoningObservation, ToolObservation } from "@caum/core";

/** A call or a turn that telemetry tells of. The values in it are content: they go to `payloadOf` only. */
export interface Told {
  /**
   * Names it within its session. A span that is sent again, or a span and a log record that tell of
   * the same call, have the same.
   */
  readonly id: string;
  /** Milliseconds since 1970, by the sender's clock: when it had ended. */
  readonly atMs: number;
  readonly observation: ToolObservation | ReasoningObservation;
  /** What told of it, where that is known: what is emitted of it is a part of the same trace. */
  readonly span?: { readonly traceId: string; readonly spanId: string };
  /** Ids of calls that the model was answered with it: the session of who asked is the same. */
  readonly answers?: readonly string[];
}
