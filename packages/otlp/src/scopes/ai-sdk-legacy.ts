/**
 * The older spans of the AI SDK, also where OpenInference has renamed and marked them: it copies the
 * first error to every span of the trace, so only the exception event tells which call failed.
 */
import type { Span } from "../decode/telemetry.ts";
import { durationOf, exceptionOf } from "../facts.ts";
import type { ReportedEvent } from "../reported-event.ts";
import type { Scope } from "../scope.ts";
import { given, modelTurn } from "./gen-ai.ts";

export const AI_SDK_LEGACY: Scope = {
  emitter: "ai-sdk",
  matches: (scope) => scope === "ai",
  span: (span) => {
    const operation = span.attributes.text("ai.operationId") ?? "";
    if (operation === "ai.toolCall") return toolCall(span);
    return /\.do(?:Generate|Stream)$/.test(operation) ? [turn(span)] : [];
  },
};

function toolCall(span: Span): readonly ReportedEvent[] {
  const { attributes, spanId, parentSpanId, endMs } = span;
  const tool = attributes.text("ai.toolCall.name");
  if (tool === undefined) return [];
  return [
    {
      id: spanId,
      atMs: endMs,
      observation: {
        tool,
        toolCallId: attributes.text("ai.toolCall.id"),
        ...given("arguments", attributes.parsed("ai.toolCall.args")),
        ...given("result", attributes.parsed("ai.toolCall.result")),
        ...outcomeOf(span),
        durationMs: durationOf(span),
        parent: parentSpanId,
      },
    },
  ];
}

function turn(span: Span): ReportedEvent {
  const turn = modelTurn(span);
  return { ...turn, observation: { ...turn.observation, kind: "turn", ...outcomeOf(span) } };
}

function outcomeOf(span: Span) {
  const exception = exceptionOf(span);
  if (exception === undefined) return { status: "ok" as const, errorClass: undefined };
  return { status: "error" as const, errorClass: exception.type };
}
