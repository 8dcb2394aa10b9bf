/** OpenInference, which instruments many frameworks and model clients in the same words. */
import type { Attributes } from "../decode/attributes.ts";
import type { Span } from "../decode/telemetry.ts";
import { durationOf, statusOf } from "../facts.ts";
import type { ReportedEvent } from "../reported-event.ts";
import type { Scope } from "../scope.ts";
import { answeredCalls, type Message } from "./asked-calls.ts";
import { given } from "./gen-ai.ts";
import { toolMessageOf } from "./tool-message.ts";

const SCOPE = /^(?:@arizeai\/openinference-|openinference\.)/;
/** Model clients have no tools: their calls are in the messages. */
const MODEL_CLIENT = /instrumentation[.-](?:openai|anthropic|bedrock|mistralai|groq|litellm)$/;

export const OPENINFERENCE: Scope = {
  emitter: "openinference",
  matches: (scope) => SCOPE.test(scope),
  note: ({ attributes, spanId }, notes) => {
    if (attributes.text("openinference.span.kind") === "LLM") notes.mark(`turn ${spanId}`);
  },
  asks: ({ attributes }) =>
    messagesOf(attributes, "llm.output_messages").flatMap(({ asks }) => asks.map(({ id }) => id)),
  span: (span, notes) => {
    const kind = span.attributes.text("openinference.span.kind");
    if (kind === "TOOL") return toolCall(span);
    if (kind !== "LLM") return [];
    const calls = MODEL_CLIENT.test(span.scope)
      ? answeredCalls(messagesOf(span.attributes, "llm.input_messages"), span.startMs)
      : [];
    const isToldByClient = notes.isMarked(`client turn ${span.spanId}`);
    return isToldByClient ? calls : [...calls, turn(span)];
  },
};

function toolCall(span: Span): readonly ReportedEvent[] {
  const { attributes, spanId, parentSpanId, endMs, name } = span;
  const output = toolMessageOf(attributes.parsed("output.value"));
  const isTurn = span.scope.includes("openai-agents");
  const stands = output?.isError ? ({ status: "error" } as const) : statusOf(span);
  return [
    {
      id: spanId,
      atMs: endMs,
      observation: {
        tool: attributes.text("tool.name") ?? name,
        toolCallId: attributes.text("tool_call.id") ?? output?.id,
        ...given("arguments", attributes.parsed("input.value")),
        ...given("result", output?.content ?? attributes.parsed("output.value")),
        durationMs: durationOf(span),
        ...stands,
        ...(isTurn && { parent: parentSpanId }),
      },
    },
  ];
}

function turn(span: Span): ReportedEvent {
  const { attributes, spanId, endMs } = span;
  const count = (name: string) => attributes.number(`llm.token_count.${name}`);
  return {
    id: spanId,
    atMs: endMs,
    observation: {
      kind: "turn",
      ...statusOf(span),
      provider: attributes.firstText(["llm.provider", "llm.system"]),
      model: attributes.firstText(["llm.response.model_name", "llm.model_name"]),
      finishReason: attributes.text("llm.finish_reason"),
      inputTokens: count("prompt"),
      outputTokens: count("completion"),
      totalTokens: count("total"),
      cacheReadTokens: count("prompt_details.cache_read"),
      cacheWriteTokens: count("prompt_details.cache_write"),
      reasoningTokens: count("completion_details.reasoning"),
      durationMs: durationOf(span),
    },
  };
}

/** More messages or calls than this are a conversation that nobody has. */
const MAX_MESSAGES = 10_000;
const MAX_CALLS = 256;

/** Messages are spread over attributes with numbers in their names. */
function messagesOf(attributes: Attributes, prefix: string): readonly Message[] {
  const messages: Message[] = [];
  for (let at = 0; at < MAX_MESSAGES; at++) {
    const place = `${prefix}.${at}.message`;
    const role = attributes.text(`${place}.role`);
    if (role === undefined) break;
    const answer = attributes.text(`${place}.tool_call_id`);
    const content = attributes.parsed(`${place}.content`);
    messages.push({
      role: answer === undefined ? role : "tool",
      asks: asksOf(attributes, place),
      answers: answer === undefined ? [] : [{ id: answer, content }],
    });
  }
  return messages;
}

function asksOf(attributes: Attributes, place: string): Message["asks"] {
  const asks: Message["asks"][number][] = [];
  for (let at = 0; at < MAX_CALLS; at++) {
    const call = `${place}.tool_calls.${at}.tool_call`;
    const tool = attributes.text(`${call}.function.name`);
    if (tool === undefined) break;
    const id = attributes.text(`${call}.id`) ?? "";
    asks.push({ id, tool, values: attributes.parsed(`${call}.function.arguments`) });
  }
  return asks;
}
