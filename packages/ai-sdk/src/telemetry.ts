import type { Adapter } from "@caum/core/adapter";
import type { Telemetry } from "ai";
import type { HostAbort, HostFailure, HostStart } from "./host-events.ts";
import type { Operations } from "./operations.ts";

/**
 * The integration that the host calls. Every method is synchronous and returns nothing: the host
 * awaits what a method returns.
 */
export function telemetryOf(operations: Operations, adapter: Adapter): Telemetry {
  const fenced = (work: () => void) => adapter.fenced(work);
  return {
    // True because every field of an event is read as if it could be missing.
    onStart: (event) => fenced(() => operations.served(event as HostStart)),
    onStepStart: (event) => fenced(() => operations.stepStarted(event)),
    onLanguageModelCallStart: (event) => fenced(() => operations.modelCallStarted(event)),
    onLanguageModelCallEnd: (event) => fenced(() => operations.modelCallEnded(event)),
    onToolExecutionStart: (event) => fenced(() => operations.toolStarted(event)),
    onToolExecutionEnd: (event) => fenced(() => operations.toolEnded(event)),
    onStepEnd: (event) => fenced(() => operations.stepEnded(event)),
    onObjectStepStart: (event) => fenced(() => operations.modelCallStarted(event)),
    onObjectStepEnd: (event) => fenced(() => operations.objectStepEnded(event)),
    onEmbedEnd: (event) => fenced(() => operations.embeddingEnded(event)),
    onEnd: (event) => fenced(() => operations.ended(event)),
    onAbort: (event) => fenced(() => operations.aborted(event as HostAbort)),
    onError: (event) => fenced(() => operations.failed(event as HostFailure)),
  };
}
