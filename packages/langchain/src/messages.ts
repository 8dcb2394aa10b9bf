import { type CallOutcome, parseJson, type TurnOutcome } from "@caum/core/adapter";

/** What is read of the host's messages; other providers and versions may leave anything out. */
export interface HostMessage {
  readonly id?: unknown;
  readonly type?: unknown;
  readonly content?: unknown;
  readonly status?: unknown;
  readonly tool_call_id?: unknown;
  readonly tool_calls?: unknown;
  readonly invalid_tool_calls?: unknown;
  readonly usage_metadata?: unknown;
  readonly response_metadata?: unknown;
}

export interface HostToolCall {
  readonly id?: string;
  readonly name?: string;
  readonly args?: unknown;
}

/** Ids that the host makes when the provider gives none. */
const HOST_MADE_ID = /^(?:lc_)?run-/u;

export function messagesOf(value: unknown): readonly HostMessage[] {
  return Array.isArray(value) ? value.filter(isRecord) : [];
}

function isToolMessage(value: unknown): value is HostMessage {
  return isRecord(value) && value.type === "tool" && typeof value.tool_call_id === "string";
}

/** The answers to the calls that were asked for last, also when something was said after them. */
export function lastToolMessages(messages: readonly HostMessage[]): readonly HostMessage[] {
  const from = messages.findLastIndex(({ tool_calls }) => toolCallsOf(tool_calls).length > 0) + 1;
  return messages.slice(from).filter(isToolMessage);
}

/** What the user said, when the user spoke last. */
export function userMessageOf(messages: readonly HostMessage[]): unknown {
  const last = messages.at(-1);
  return last?.type === "human" ? last.content : undefined;
}

export function toolCallsOf(calls: unknown): readonly HostToolCall[] {
  return Array.isArray(calls) ? calls.filter(isRecord) : [];
}

/** The id of the call that the output of a tool answers. */
export function answeredId(output: unknown): string | undefined {
  const message = isToolMessage(output) ? output : messageInCommand(output);
  return text(message?.tool_call_id);
}

/** The call, where a host hands on the whole of it as the input of an execution. */
export function callIn(input: unknown): HostToolCall | undefined {
  const { type, id, name, args } = record(input);
  const isCall = type === "tool_call" && typeof name === "string";
  return isCall ? { name, args, ...(typeof id === "string" && id !== "" && { id }) } : undefined;
}

/** Hosts before 1.1.28 hand on the call as the text of the whole of it. */
export function callInText(text: string): HostToolCall | undefined {
  if (!text.startsWith("{") || !text.includes('"type":"tool_call"')) return undefined;
  return callIn(parseJson(text));
}

/** The outcome that the output of a tool stands for: a message, a command with one, or a value. */
export function outcomeOfOutput(output: unknown): CallOutcome {
  const message = isToolMessage(output) ? output : messageInCommand(output);
  if (!message) return { status: "ok", result: output };
  return { status: message.status === "error" ? "error" : "ok", result: message.content };
}

/** What a model call answered and cost. */
export function turnOf(message: HostMessage, llmOutput: unknown): TurnOutcome {
  const usage = record(message.usage_metadata);
  const input = record(usage.input_token_details);
  const output = record(usage.output_token_details);
  const response = record(message.response_metadata);
  const older = record(record(llmOutput).tokenUsage);
  return defined({
    inputTokens: number(usage.input_tokens) ?? number(older.promptTokens),
    outputTokens: number(usage.output_tokens) ?? number(older.completionTokens),
    cacheReadTokens: number(input.cache_read),
    cacheWriteTokens: number(input.cache_creation),
    reasoningTokens: number(output.reasoning),
    model: text(response.model_name) ?? text(response.model),
    finishReason: text(response.finish_reason) ?? text(response.stop_reason),
    responseId: providerId(message.id) ?? providerId(response.id),
    requestedTools:
      toolCallsOf(message.tool_calls).length + toolCallsOf(message.invalid_tool_calls).length,
    content: textOf(message.content),
  });
}

/** The first command's message, as a tool returns it that updates the state of a graph. */
function messageInCommand(output: unknown): HostMessage | undefined {
  return messagesOf(record(record(output).update).messages).find(isToolMessage);
}

function textOf(content: unknown): string | undefined {
  if (typeof content === "string") return content === "" ? undefined : content;
  const texts = messagesOf(content).flatMap((block) => {
    const { text: said } = record(block);
    return block.type === "text" && typeof said === "string" ? [said] : [];
  });
  return texts.length === 0 ? undefined : texts.join("\n");
}

function providerId(id: unknown): string | undefined {
  return typeof id === "string" && id !== "" && !HOST_MADE_ID.test(id) ? id : undefined;
}

function defined(outcome: TurnOutcome): TurnOutcome {
  // An absent field must not take the place of what the start of the turn knew.
  const kept: Record<string, unknown> = {};
  let name: keyof TurnOutcome;
  for (name in outcome) if (outcome[name] !== undefined) kept[name] = outcome[name];
  return kept;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return isRecord(value) ? value : {};
}

function number(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
