import { countOf, type JsonObject, listOf, objectOf, parseJson, textOf } from "./json-field.ts";
import type { Dialect, ModelRequest, ToolAnswer, ToolRequest, TurnStream } from "./model-turn.ts";
import { argumentsOfText, TurnBuilder } from "./turn-builder.ts";

/** Chat Completions, also of the many servers that speak it. */
export const openaiChat: Dialect = {
  provider: "openai",
  readRequest,
  readAnswer(body) {
    const builder = new TurnBuilder();
    const answer = objectOf(body);
    readHead(builder, answer);
    const [first] = listOf(answer.choices);
    const choice = objectOf(first);
    const message = objectOf(choice.message);
    builder.isKnown = choice.message !== undefined;
    builder.finishReason = textOf(choice.finish_reason);
    builder.state = "whole";
    builder.addText(textOf(message.content) ?? textOf(message.refusal));
    listOf(message.tool_calls).forEach((call, place) => {
      readCall(builder, place, objectOf(call));
    });
    return builder.build();
  },
  openStream: () => new ChatStream(),
};

class ChatStream implements TurnStream {
  readonly #builder = new TurnBuilder();

  push(data: string): void {
    // The event after the last one is no JSON: `[DONE]`.
    const chunk = objectOf(parseJson(data));
    if (chunk.error !== undefined) this.#builder.state = "failed";
    readHead(this.#builder, chunk);
    const [first] = listOf(chunk.choices);
    if (first !== undefined) this.#readChoice(objectOf(first));
  }

  turn() {
    return this.#builder.build();
  }

  #readChoice(choice: JsonObject): void {
    const builder = this.#builder;
    // Only the first of several choices is the turn; the others are drafts of it.
    if ((countOf(choice.index) ?? 0) !== 0) return;
    builder.isKnown = true;
    const delta = objectOf(choice.delta);
    builder.addText(textOf(delta.content) ?? textOf(delta.refusal));
    for (const call of listOf(delta.tool_calls)) readPiece(builder, objectOf(call));
    const finish = textOf(choice.finish_reason);
    if (finish === undefined) return;
    builder.finishReason = finish;
    if (builder.state === "underway") builder.state = "whole";
  }
}

function readHead(builder: TurnBuilder, answer: JsonObject): void {
  builder.responseId ??= textOf(answer.id);
  builder.model ??= textOf(answer.model);
  if (typeof answer.usage !== "object" || answer.usage === null) return;
  const usage = objectOf(answer.usage);
  builder.usage = {
    inputTokens: countOf(usage.prompt_tokens),
    outputTokens: countOf(usage.completion_tokens),
    cacheReadTokens: countOf(objectOf(usage.prompt_tokens_details).cached_tokens),
    reasoningTokens: countOf(objectOf(usage.completion_tokens_details).reasoning_tokens),
  };
}

function readCall(builder: TurnBuilder, place: number, call: JsonObject): void {
  const called = objectOf(call.function ?? call.custom);
  builder.nameCall(place, textOf(call.id), textOf(called.name));
  builder.addArguments(place, textOf(called.arguments) ?? textOf(called.input));
}

/** A piece says its place; servers that leave it out name the call in every piece instead. */
function readPiece(builder: TurnBuilder, call: JsonObject): void {
  const called = objectOf(call.function ?? call.custom);
  const place = countOf(call.index) ?? textOf(call.id) ?? 0;
  builder.nameCall(place, textOf(call.id), textOf(called.name));
  builder.addArguments(place, textOf(called.arguments) ?? textOf(called.input));
}

function readRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const messages = listOf(request.messages).map(objectOf);
  const lastTurn = messages.findLastIndex(({ role }) => role === "assistant");
  const news = messages.slice(lastTurn + 1);
  const last = messages[lastTurn];
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0 || listOf(request.functions).length > 0,
    answers: news.flatMap(answerOf),
    repeated: (id) => requestOf(listOf(last?.tool_calls).map(objectOf), id),
    userMessage: news.findLast(({ role }) => role === "user")?.content,
    opening: messages.find(({ role }) => role === "user")?.content,
    lastText: textOf(last?.content),
    callIds: messages.flatMap(({ tool_calls }) =>
      listOf(tool_calls).flatMap((call) => textOf(objectOf(call).id) ?? []),
    ),
    conversationId: textOf(objectOf(request.metadata).session_id),
  };
}

/** The format has no flag for errors, and text is not read for them: answered, whatever it says. */
function answerOf(message: JsonObject): ToolAnswer[] {
  const id = textOf(message.tool_call_id);
  if (message.role !== "tool" || id === undefined) return [];
  return [{ id, status: "answered", result: message.content }];
}

function requestOf(calls: readonly JsonObject[], id: string): ToolRequest | undefined {
  const call = calls.find((each) => each.id === id);
  const called = objectOf(call?.function ?? call?.custom);
  const name = textOf(called.name);
  if (name === undefined) return undefined;
  const text = textOf(called.arguments) ?? textOf(called.input) ?? "";
  return { id, name, arguments: argumentsOfText(text) };
}
