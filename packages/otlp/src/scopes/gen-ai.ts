/** The GenAI conventions of OpenTelemetry, and what emitters that follow them add. */
import type { Span } from "../decode/telemetry.ts";
import { durationOf, eventValue, statusOf } from "../facts.ts";
import type { ReportedEvent } from "../reported-event.ts";
import type { Scope } from "../scope.ts";

const MODEL_OPERATIONS = new Set(["chat", "generate_content", "text_completion"]);

/** How an emitter uses the conventions. */
interface Dialect {
  /** Its tool spans are children of the turn that asked for them. */
  readonly turnIsParent?: boolean;
}

/** Whether the span follows the conventions at all. */
export function followsGenAi({ attributes }: Span): boolean {
  return attributes.has("gen_ai.operation.name");
}

export function readGenAi(span: Span, dialect: Dialect = {}): readonly ReportedEvent[] {
  const operation = span.attributes.text("gen_ai.operation.name");
  if (operation === "execute_tool") return toolCall(span, dialect);
  if (operation === undefined || !MODEL_OPERATIONS.has(operation)) return [];
  return [modelTurn(span)];
}

function toolCall(span: Span, { turnIsParent }: Dialect): readonly ReportedEvent[] {
  const { attributes, spanId, parentSpanId, endMs } = span;
  const tool = attributes.text("gen_ai.tool.name");
  // Some emitters sum up parallel calls in a span of its own: each of them has one as well.
  if (tool === undefined || tool.startsWith("(")) return [];
  return [
    {
      id: spanId,
      atMs: endMs,
      observation: {
        tool,
        toolCallId: attributes.text("gen_ai.tool.call.id"),
        ...given("arguments", argumentsOf(span)),
        ...given("result", resultOf(span)),
        durationMs: durationOf(span),
        ...statusOf(span),
        ...(turnIsParent && { parent: parentSpanId }),
      },
    },
  ];
}

function argumentsOf(span: Span): unknown {
  const { attributes } = span;
  return (
    attributes.parsed("gen_ai.tool.call.arguments") ??
    attributes.parsed("gcp.vertex.agent.tool_call_args") ??
    eventValue(span, "gen_ai.tool.message", "content")
  );
}

function resultOf(span: Span): unknown {
  const { attributes } = span;
  return (
    attributes.parsed("gen_ai.tool.call.result") ??
    attributes.parsed("gcp.vertex.agent.tool_response") ??
    eventValue(span, "gen_ai.choice", "message")
  );
}

/** Input tokens hold those that were read from a cache; roots that repeat the sum are no turns. */
export function modelTurn(span: Span): ReportedEvent {
  const { attributes, spanId, endMs } = span;
  const reasons = attributes.parsed("gen_ai.response.finish_reasons");
  const [finishReason] = Array.isArray(reasons) ? reasons : [reasons];
  return {
    id: spanId,
    atMs: endMs,
    observation: {
      kind: "turn",
      ...statusOf(span),
      provider: attributes.firstText(["gen_ai.provider.name", "gen_ai.system"]),
      model: attributes.firstText(["gen_ai.response.model", "gen_ai.request.model"]),
      responseId: attributes.text("gen_ai.response.id"),
      ...(typeof finishReason === "string" && { finishReason }),
      inputTokens: attributes.number("gen_ai.usage.input_tokens"),
      outputTokens: attributes.number("gen_ai.usage.output_tokens"),
      cacheReadTokens: attributes.number("gen_ai.usage.cache_read.input_tokens"),
      cacheWriteTokens:
        attributes.number("gen_ai.usage.cache_creation.input_tokens") ??
        attributes.number("gen_ai.usage.cache_write.input_tokens"),
      reasoningTokens:
        attributes.number("gen_ai.usage.reasoning_tokens") ??
        attributes.number("ai.usage.reasoningTokens"),
      durationMs: durationOf(span),
    },
  };
}

/** A value that is there; null and "" are values. */
export function given<K extends string>(name: K, value: unknown): { [N in K]?: unknown } {
  return (value === undefined ? {} : { [name]: value }) as { [N in K]?: unknown };
}

const named =
  (...names: readonly string[]) =>
  (scope: string) =>
    names.includes(scope);

export const AI_SDK: Scope = {
  emitter: "ai-sdk",
  matches: named("gen_ai"),
  span: (span) => readGenAi(span, { turnIsParent: true }),
};

export const MASTRA: Scope = {
  emitter: "mastra",
  matches: named("@mastra/otel-exporter", "@mastra/otel-bridge"),
  span: (span) => readGenAi(span, { turnIsParent: true }),
};

export const STRANDS: Scope = {
  emitter: "strands",
  matches: named("strands-agents"),
  span: (span) => readGenAi(span, { turnIsParent: true }),
};

/** How GitHub Copilot CLI names a server and its tool. */
const HASHED = /^([0-9a-f]{64})\/[0-9a-f]{64}$/;

export const COPILOT: Scope = {
  emitter: "copilot",
  matches: named("github.copilot"),
  span: (span) =>
    readGenAi(span).map((event) => {
      const { observation } = event;
      const server = "tool" in observation ? HASHED.exec(observation.tool)?.[1] : undefined;
      return server === undefined ? event : { ...event, observation: { ...observation, server } };
    }),
};

/** The client tells of a turn that an instrumentation around it tells of as well. */
export const ANTHROPIC_CLIENT: Scope = {
  emitter: "anthropic-client",
  matches: named("com.anthropic.sdk.typescript"),
  span: (span, notes) => {
    if (span.parentSpanId !== "" && notes.isMarked(`turn ${span.parentSpanId}`)) return [];
    notes.mark(`client turn ${span.parentSpanId}`);
    return readGenAi(span);
  },
};

/** Whatever else follows the conventions. */
export const CONVENTIONS: Scope = {
  emitter: "gen-ai",
  matches: () => true,
  span: (span) => (followsGenAi(span) ? readGenAi(span) : []),
};
