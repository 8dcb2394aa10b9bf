/** How emitters of OpenTelemetry name the same facts, each list in the order in which it is looked at. */
import type { Fields } from "../fields.ts";
import type { SpanKind } from "./span.ts";

/** What a span is, by an attribute and its value. */
const KINDS: readonly (readonly [string, Readonly<Record<string, SpanKind>>])[] = [
  ["openinference.span.kind", { TOOL: "tool", LLM: "model", AGENT: "agent", CHAIN: "other" }],
  ["langfuse.observation.type", { tool: "tool", generation: "model", agent: "agent" }],
  ["langsmith.span.kind", { tool: "tool", llm: "model", chain: "other" }],
  ["genkit:metadata:subtype", { tool: "tool", model: "model", flow: "other" }],
  ["traceloop.span.kind", { tool: "tool", agent: "agent", workflow: "other" }],
  ["ai.operationId", { "ai.toolCall": "tool" }],
  ["span.type", { tool: "tool", llm_request: "model" }],
  [
    "gen_ai.operation.name",
    {
      execute_tool: "tool",
      tool_call: "tool",
      chat: "model",
      generate_content: "model",
      text_completion: "model",
      llm_call: "model",
      invoke_agent: "agent",
    },
  ],
];

/** The same by the span's name, where it has no such attribute. */
const NAMED: readonly (readonly [RegExp, SpanKind])[] = [
  [/^execute_tool \S+$/, "tool"],
  [/^call_llm$/, "model"],
  [/\.do(?:Generate|Stream)(?: |$)/, "model"],
];

/** One span for several tools that ran at once, each of which has its own too (ADK). */
const MERGED = "(merged tools)";

/** What a span stands for, by what emitters call it; `other` where none of them says. */
export function kindOf(name: string, attributes: Fields): SpanKind {
  if (attributes["gen_ai.tool.name"] === MERGED) return "other";
  for (const [attribute, kinds] of KINDS) {
    const value = attributes[attribute];
    if (typeof value === "string" && Object.hasOwn(kinds, value)) return kinds[value] ?? "other";
  }
  return NAMED.find(([pattern]) => pattern.test(name))?.[1] ?? "other";
}

const list = (names: string): readonly string[] => names.split(" ");

/** Never `thread.id`, which is a thread of the system, nor LangSmith's session, which is a project. */
export const SESSION = list(
  "gen_ai.conversation.id session.id conversation.id thread_id langsmith.metadata.session_id " +
    "langsmith.metadata.thread_id traceloop.association.properties.session_id " +
    "gcp.vertex.agent.session_id langfuse.observation.metadata.session_id " +
    "langfuse.observation.metadata.thread_id mastra.metadata.threadId",
);
export const VERSION = list("service.version");
export const TOOL = list(
  "tool_name gen_ai.tool.name ai.toolCall.name tool.name traceloop.entity.name genkit:name",
);
export const CALL_ID = list("gen_ai.tool.call.id ai.toolCall.id tool_call.id tool_use_id");
/** The tool's name stands before it, and two underscores. */
export const PREFIXED_CALL_ID = list("gen_ai.tool.call_id");
export const INPUT = list(
  "gen_ai.tool.call.arguments ai.toolCall.args tool.parameters gcp.vertex.agent.tool_call_args " +
    "traceloop.entity.input langfuse.observation.input genkit:input input.value gen_ai.prompt",
);
export const OUTPUT = list(
  "gen_ai.tool.call.result ai.toolCall.result gcp.vertex.agent.tool_response " +
    "traceloop.entity.output langfuse.observation.output genkit:output gen_ai.output.messages " +
    "output.value gen_ai.completion ai.response.text gcp.vertex.agent.llm_response",
);
export const MODEL = list(
  "gen_ai.response.model gen_ai.request.model llm.model_name langfuse.observation.model.name " +
    "ai.response.model ai.model.id model",
);
export const PROVIDER = list("gen_ai.provider.name gen_ai.system llm.provider ai.model.provider");
export const RESPONSE_ID = list("gen_ai.response.id ai.response.id");
/** With what was read from a cache, but for the emitters of `OUTSIDE`. */
export const INPUT_TOKENS = list(
  "gen_ai.usage.input_tokens gen_ai.usage.prompt_tokens llm.token_count.prompt " +
    "ai.usage.inputTokens input_tokens",
);
export const OUTPUT_TOKENS = list(
  "gen_ai.usage.output_tokens gen_ai.usage.completion_tokens llm.token_count.completion " +
    "ai.usage.outputTokens output_tokens",
);
export const CACHE_READ_TOKENS = list(
  "gen_ai.usage.cache_read.input_tokens gen_ai.usage.cache_read_input_tokens " +
    "llm.token_count.prompt_details.cache_read ai.usage.cachedInputTokens cache_read_tokens",
);
export const CACHE_WRITE_TOKENS = list(
  "gen_ai.usage.cache_creation.input_tokens gen_ai.usage.cache_write.input_tokens " +
    "llm.token_count.prompt_details.cache_write cache_creation_tokens",
);
export const REASONING_TOKENS = list(
  "gen_ai.usage.reasoning_tokens llm.token_count.completion_details.reasoning " +
    "ai.usage.reasoningTokens",
);
/** Where this names the tokens of the input, cached ones are counted beside them. */
export const OUTSIDE = "input_tokens";

/** The first of these attributes that is text and not empty. */
export function textOf(attributes: Fields, names: readonly string[]): string | undefined {
  for (const name of names) {
    const value = attributes[name];
    if (typeof value === "string" && value !== "") return value;
  }
  return undefined;
}

/** The first of these attributes that is there. */
export function anyOf(attributes: Fields, names: readonly string[]): unknown {
  for (const name of names) if (attributes[name] !== undefined) return attributes[name];
  return undefined;
}
