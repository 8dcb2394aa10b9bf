/** SDKs of tracing platforms: Langfuse, LangSmith, OpenLLMetry and Genkit. */
import { isObject, parsedOf } from "../decode/attributes.ts";
import { durationOf, exceptionOf, statusOf } from "../facts.ts";
import type { Scope } from "../scope.ts";
import { answeredCalls, type Message } from "./asked-calls.ts";
import { given, modelTurn, readGenAi } from "./gen-ai.ts";
import { toolMessageOf } from "./tool-message.ts";

/** Langfuse says by a level of its own what failed, and counts cached tokens apart. */
export const LANGFUSE: Scope = {
  emitter: "langfuse",
  matches: (scope) => scope === "langfuse-sdk",
  span: (span) => {
    const { attributes, spanId, endMs } = span;
    const type = attributes.text("langfuse.observation.type");
    const isError = attributes.text("langfuse.observation.level") === "ERROR";
    const stands = isError ? ({ status: "error" } as const) : statusOf(span);
    const durationMs = durationOf(span);
    if (type === "tool") {
      const output = attributes.parsed("langfuse.observation.output");
      const message = toolMessageOf(output);
      const observation = {
        tool: span.name,
        toolCallId: message?.id,
        ...given("arguments", attributes.parsed("langfuse.observation.input")),
        ...given("result", message?.content ?? output),
        ...(message?.isError ? ({ status: "error" } as const) : stands),
        durationMs,
      };
      return [{ id: spanId, atMs: endMs, observation }];
    }
    if (type !== "generation") return [];
    const usage = countsOf(attributes.parsed("langfuse.observation.usage_details"));
    const observation = {
      kind: "turn" as const,
      ...stands,
      model: attributes.text("langfuse.observation.model.name"),
      inputTokens: sum(usage.input, usage.input_cache_read, usage.input_cache_creation),
      outputTokens: sum(usage.output, usage.output_reasoning),
      cacheReadTokens: usage.input_cache_read,
      reasoningTokens: usage.output_reasoning,
      durationMs,
    };
    return [{ id: spanId, atMs: endMs, observation }];
  },
};

/** LangSmith marks a call that failed as good: only its exception says otherwise. */
export const LANGSMITH: Scope = {
  emitter: "langsmith",
  matches: (scope) => scope === "langsmith",
  span: (span) => {
    const { attributes, spanId, endMs } = span;
    const kind = attributes.text("langsmith.span.kind");
    if (kind === "llm") return [modelTurn(span)];
    if (kind !== "tool") return [];
    const observation = {
      tool: attributes.text("gen_ai.tool.name") ?? span.name,
      ...given("arguments", attributes.parsed("gen_ai.prompt")),
      ...given("result", attributes.parsed("gen_ai.completion")),
      // The type of its exception is always the same word.
      status: exceptionOf(span) === undefined ? ("ok" as const) : ("error" as const),
      durationMs: durationOf(span),
    };
    return [{ id: spanId, atMs: endMs, observation }];
  },
};

/**
 * OpenLLMetry has no span for a tool that failed, and no ids on those of others: where it instruments
 * the model client as well, what that one was answered says more.
 */
export const TRACELOOP: Scope = {
  emitter: "openllmetry",
  matches: (scope) =>
    scope.startsWith("@traceloop/") || scope.startsWith("opentelemetry.instrumentation."),
  note: ({ traceId, attributes }, notes) => {
    if (attributes.has("gen_ai.input.messages")) notes.mark(`messages ${traceId}`);
  },
  asks: ({ attributes }) =>
    messagesOf(attributes.parsed("gen_ai.output.messages")).flatMap(({ asks }) =>
      asks.map(({ id }) => id),
    ),
  span: (span, notes) => {
    const { attributes, spanId, endMs } = span;
    if (attributes.has("gen_ai.operation.name")) {
      const messages = messagesOf(attributes.parsed("gen_ai.input.messages"));
      return [...answeredCalls(messages, span.startMs), ...readGenAi(span)];
    }
    const isTool = attributes.text("traceloop.span.kind") === "tool";
    if (!isTool || notes.isMarked(`messages ${span.traceId}`)) return [];
    const input = attributes.parsed("traceloop.entity.input");
    const observation = {
      tool: attributes.text("traceloop.entity.name") ?? span.name,
      ...given("arguments", argumentsOf(input)),
      ...given("result", attributes.parsed("traceloop.entity.output")),
      ...statusOf(span),
      durationMs: durationOf(span),
    };
    return [{ id: spanId, atMs: endMs, observation }];
  },
};

/** Genkit ends a run with the first tool that fails. */
export const GENKIT: Scope = {
  emitter: "genkit",
  matches: (scope) => scope === "genkit-tracer",
  span: (span) => {
    const { attributes, spanId, endMs } = span;
    const subtype = attributes.text("genkit:metadata:subtype");
    const isError = attributes.text("genkit:state") === "error";
    const stands = isError ? { ...statusOf(span), status: "error" as const } : statusOf(span);
    const durationMs = durationOf(span);
    if (subtype === "model") {
      const model = attributes.text("genkit:name");
      const observation = { kind: "turn" as const, ...stands, model, durationMs };
      return [{ id: spanId, atMs: endMs, observation }];
    }
    if (subtype !== "tool") return [];
    const observation = {
      tool: attributes.text("genkit:name") ?? span.name,
      ...given("arguments", attributes.parsed("genkit:input")),
      ...given("result", attributes.parsed("genkit:output")),
      ...stands,
      durationMs,
    };
    return [{ id: spanId, atMs: endMs, observation }];
  },
};

function argumentsOf(input: unknown): unknown {
  if (!isObject(input) || !("kwargs" in input)) return input;
  return Array.isArray(input.args) && input.args.length > 0 ? input : input.kwargs;
}

/** Messages of the GenAI conventions: each a list of parts. */
function messagesOf(value: unknown): readonly Message[] {
  if (!Array.isArray(value)) return [];
  return value.filter(isObject).map(({ role, parts }) => {
    const all = Array.isArray(parts) ? parts.filter(isObject) : [];
    const asks = all.filter(({ type }) => type === "tool_call");
    const answers = all.filter(({ type }) => type === "tool_call_response");
    return {
      role: String(role),
      asks: asks.map(({ id, name, arguments: values }) => ({
        id: String(id ?? ""),
        tool: String(name ?? ""),
        values: parsedOf(values),
      })),
      answers: answers.map(({ id, response, result }) => ({
        id: String(id ?? ""),
        content: parsedOf(response ?? result),
      })),
    };
  });
}

function countsOf(value: unknown): Readonly<Record<string, number | undefined>> {
  return isObject(value) ? (value as Record<string, number | undefined>) : {};
}

function sum(...counts: readonly (number | undefined)[]): number | undefined {
  const known = counts.filter((count) => typeof count === "number");
  return known.length === 0 ? undefined : known.reduce((total, count) => total + count, 0);
}
