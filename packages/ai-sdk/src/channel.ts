import { tracingChannel } from "node:diagnostics_channel";
import {
  type Adapter,
  type CurrentSession,
  currentSession,
  processRegistry,
} from "@caum/core/adapter";
import type { HostEmbedding, HostEvent, HostStart, HostStep, HostToolRun } from "./host-events.ts";
import type { Operations } from "./operations.ts";

/** What ai 7 publishes; only fields that are read here, none of them promised. */
interface Message {
  readonly type?: string;
  readonly event?: HostEvent;
  readonly result?: unknown;
}

const CHANNEL = "ai:telemetry";

/** Integrations that are passed with one call take the place of all that are registered. */
const REPLACED = {
  code: "replaced_by_per_call_integrations",
  message: "a call has integrations of its own: usage of its streams is not seen",
};

/**
 * Listens on the host's diagnostics channel: the safety net for operations whose callbacks go to
 * somebody else, and the place where a tool's own calls learn which session they belong to.
 *
 * What a subscriber throws would end the process, so nothing leaves here.
 *
 * @returns stops listening
 */
export function listen(operations: Operations, adapter: Adapter): () => void {
  const channel = tracingChannel<unknown, object>(CHANNEL);
  const { session } = processRegistry();
  const onStart = (message: unknown) => adapter.fenced(() => started(operations, read(message)));
  const onEnd = (message: unknown) =>
    adapter.fenced(() => ended(operations, read(message), adapter));
  channel.start.bindStore(session, (message) => {
    let inside = currentSession();
    adapter.fenced(() => {
      inside = insideOf(operations, read(message)) ?? inside;
    });
    // True because a store of undefined is how code outside of any session looks.
    return inside as CurrentSession;
  });
  channel.start.subscribe(onStart);
  channel.asyncEnd.subscribe(onEnd);
  return () => {
    channel.start.unbindStore(session);
    channel.start.unsubscribe(onStart);
    channel.asyncEnd.unsubscribe(onEnd);
  };
}

function read(message: unknown): Message {
  return typeof message === "object" && message !== null ? message : {};
}

function started(operations: Operations, { type, event = {} }: Message): void {
  if (event.callId === undefined || operations.isServed(event.callId)) return;
  switch (type) {
    case "generateText":
    case "streamText":
      operations.started(event as HostStart);
      break;
    case "step":
      operations.stepStarted(event as HostStep);
      break;
    case "languageModelCall":
      operations.modelCallStarted(event);
      break;
    case "executeTool":
      operations.toolStarted(event as HostToolRun);
  }
}

function ended(operations: Operations, { type, event = {}, result }: Message, adapter: Adapter) {
  if (event.callId === undefined || operations.isServed(event.callId)) return;
  switch (type) {
    case "executeTool":
      operations.toolEnded(runOf(event as HostToolRun, result));
      break;
    case "step":
      adapter.blind(REPLACED);
      operations.stepEndedUnserved({ ...(result as HostStep | undefined), ...event });
      break;
    case "embed":
    case "embedMany":
      operations.embeddingEnded({ ...(result as HostEmbedding | undefined), ...event });
      break;
    case "generateText":
    case "streamText":
      operations.ended(event);
  }
}

/**
 * The code that a tool runs belongs to the session of the call; and whoever sees the requests of a
 * model call from below sees what is reported here.
 */
function insideOf(operations: Operations, { type, event }: Message): CurrentSession | undefined {
  if (event?.callId === undefined) return undefined;
  if (type === "executeTool") {
    const { session, agent } = operations.of(event);
    return { id: session, agent: (event as HostToolRun).toolCall?.toolName ?? agent };
  }
  if (type !== "languageModelCall") return undefined;
  return { ...currentSession(), id: operations.of(event).session, modelCallOf: "framework" };
}

/** With inputs or outputs hidden there is no result, and so no outcome. */
function runOf(event: HostToolRun, result: unknown): HostToolRun {
  const { output, toolExecutionMs } = (result ?? {}) as {
    readonly output?: HostToolRun["toolOutput"];
    readonly toolExecutionMs?: number;
  };
  return {
    ...event,
    toolOutput: output,
    ...(toolExecutionMs !== undefined && { toolExecutionMs }),
  };
}
