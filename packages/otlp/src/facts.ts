/** Facts that most emitters put in the same places. */
import { parsedOf } from "./decode/attributes.ts";
import type { LogRecord, Span } from "./decode/telemetry.ts";

/**
 * Names under which emitters put the conversation, the nearest first. `thread.id` is not one of them:
 * it is a number of the operating system.
 */
const CONVERSATION_KEYS = [
  "gen_ai.conversation.id",
  "session.id",
  "conversation.id",
  "langsmith.metadata.thread_id",
  "langsmith.metadata.session_id",
  "traceloop.association.properties.session_id",
  "gcp.vertex.agent.session_id",
  "langfuse.observation.metadata.thread_id",
  "langfuse.observation.metadata.session_id",
  "mastra.metadata.threadId",
  "mastra.metadata.sessionId",
  "thread_id",
  "ai.settings.context.sessionId",
  "ai.settings.context.threadId",
];

export function conversationOf({ attributes, resource }: Span | LogRecord): string | undefined {
  return attributes.firstText(CONVERSATION_KEYS) ?? resource.text("session.id");
}

/** The agent's own name, where the emitter gives it. */
export function agentNameOf({ attributes }: Span | LogRecord): string | undefined {
  return attributes.firstText([
    "gen_ai.agent.name",
    "ai.telemetry.functionId",
    "langfuse.observation.metadata.lc_agent_name",
  ]);
}

/** The exception that a span reports, wherever its status stands. */
export function exceptionOf({ events }: Span): { readonly type?: string } | undefined {
  const event = events.find(({ name }) => name === "exception" || name.endsWith(".exception"));
  if (event === undefined) return undefined;
  const type = event.attributes.text("exception.type");
  return type === undefined ? {} : { type };
}

export function durationOf({ startMs, endMs }: Span): number {
  return Math.max(0, Math.round(endMs - startMs));
}

/** Where a call stands when its status and its exception say it. */
export function statusOf(span: Span): {
  readonly status: "ok" | "error";
  readonly errorClass?: string | undefined;
} {
  const exception = exceptionOf(span);
  if (!span.isError && exception === undefined) return { status: "ok" };
  return { status: "error", errorClass: exception?.type ?? span.attributes.text("error.type") };
}

/** What a `Value` of an event says, as JSON where it is. */
export function eventValue(span: Span, name: string, key: string): unknown {
  const event = span.events.find((one) => one.name === name);
  return event === undefined ? undefined : parsedOf(event.attributes.value(key));
}
