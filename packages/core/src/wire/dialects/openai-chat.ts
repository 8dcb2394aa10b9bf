import { parseJson } from "../../capture/foreign-json.ts";
import { ChatCalls } from "./chat-calls.ts";
import { countOf, type JsonObject, listOf, objectOf, textOf } from "./json-field.ts";
import type {
  Dialect,
  ModelRequest,
  SaidTurn,
  ToolAnswer,
  ToolRequest,
  TurnStream,
} from "./model-turn.ts";
import { RepeatedEvent } from "./repeated-event.ts";
import { argumentsOfText, TurnBuilder } from "./turn-builder.ts";

/** Chat Completions, also of the many servers that speak it. */
export const openaiChat: Dialect = {
  provider: "openai",
  readRequest,
  readAnswer(body) {
    const builder = new TurnBuilder();
    const answer = objectOf(body);
    readHead(builder, answer);
    builder.state = "whole";
    listOf(answer.choices).forEach((entry, place) => {
      readChoice(builder, objectOf(entry), place);
    });
    return builder.build();
  },
  openStream: () => new ChatStream(),
};

class ChatStream implements TurnStream {
  readonly #builder = new TurnBuilder();
  readonly #calls = new ChatCalls(this.#builder);
  readonly #said = new RepeatedEvent("content");

  push(data: string): void {
    const said = this.#said.textOf(data);
    if (said === undefined) this.#read(data);
    else this.#builder.addText(said);
  }

  #read(data: string): void {
    // The event after the last one is no JSON: `[DONE]`.
    const chunk = objectOf(parseJson(data));
    if (chunk.error !== undefined) this.#builder.state = "failed";
    readHead(this.#builder, chunk);
    const choices = listOf(chunk.choices).map(objectOf);
    for (const choice of choices) this.#readChoice(choice);
    const text = saidAlone(chunk, choices);
    if (text !== undefined) this.#said.learn(data, text);
  }

  turn() {
    return this.#builder.build();
  }

  #readChoice(choice: JsonObject): void {
    const builder = this.#builder;
    const index = countOf(choice.index) ?? 0;
    builder.isKnown = true;
    const delta = objectOf(choice.delta);
    builder.addText(textOf(delta.content) ?? textOf(delta.refusal), index);
    for (const call of listOf(delta.tool_calls)) this.#calls.add(index, objectOf(call));
    if (isObject(delta.function_call))
      this.#calls.addFunction(index, objectOf(delta.function_call));
    const finish = textOf(choice.finish_reason);
    // Only the first of several choices is the turn; the others are drafts of it.
    if (finish === undefined || index !== 0) return;
    builder.finishReason = finish;
    if (builder.state === "underway") builder.state = "whole";
  }
}

/** What an event says that only adds to the text of the first choice; undefined of any other. */
function saidAlone(chunk: JsonObject, choices: readonly JsonObject[]): string | undefined {
  const [choice, ...others] = choices;
  if (choice === undefined || others.length > 0 || (countOf(choice.index) ?? 0) !== 0)
    return undefined;
  const { content, tool_calls: calls, function_call: call } = objectOf(choice.delta);
  const saysMore = [chunk.error, chunk.usage, choice.finish_reason, calls, call].some(
    (value) => value !== undefined && value !== null,
  );
  return saysMore ? undefined : textOf(content);
}

function readHead(builder: TurnBuilder, answer: JsonObject): void {
  builder.responseId ??= textOf(answer.id) || undefined;
  builder.model ??= textOf(answer.model);
  if (!isObject(answer.usage)) return;
  const usage = objectOf(answer.usage);
  builder.usage = {
    inputTokens: countOf(usage.prompt_tokens),
    outputTokens: countOf(usage.completion_tokens),
    cacheReadTokens: countOf(objectOf(usage.prompt_tokens_details).cached_tokens),
    reasoningTokens: countOf(objectOf(usage.completion_tokens_details).reasoning_tokens),
  };
}

function readChoice(builder: TurnBuilder, choice: JsonObject, place: number): void {
  const message = objectOf(choice.message);
  const index = countOf(choice.index) ?? place;
  if (choice.message !== undefined) builder.isKnown = true;
  if (index === 0) builder.finishReason = textOf(choice.finish_reason);
  builder.addText(textOf(message.content) ?? textOf(message.refusal), index);
  for (const [at, call] of callsOf(message).entries()) {
    const spot = `${index} ${at}`;
    builder.nameCall(spot, { id: call.id, name: call.name, ...(index > 0 && { choice: index }) });
    builder.addArguments(spot, call.text);
  }
}

interface WrittenCall {
  readonly id: string | undefined;
  readonly name: string | undefined;
  readonly text: string | undefined;
}

/** The calls of a message, also the one that the format had before there could be several. */
function callsOf(message: JsonObject): WrittenCall[] {
  const calls = listOf(message.tool_calls).map((entry) => {
    const call = objectOf(entry);
    const called = objectOf(call.function ?? call.custom);
    return {
      id: textOf(call.id) || undefined,
      name: textOf(called.name),
      text: textOf(called.arguments) ?? textOf(called.input),
    };
  });
  if (!isObject(message.function_call)) return calls;
  const { name, arguments: text } = objectOf(message.function_call);
  return [...calls, { id: undefined, name: textOf(name), text: textOf(text) }];
}

function readRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const messages = listOf(request.messages).map(objectOf);
  const isModel = ({ role }: JsonObject) => role === "assistant";
  // What stands at the end is a turn that goes on, not one that was answered.
  const before = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
  const lastTurn = before.findLastIndex(isModel);
  const news = before.slice(lastTurn + 1);
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0 || listOf(request.functions).length > 0,
    answers: news.flatMap(answerOf),
    userMessage: news.findLast(({ role }) => role === "user")?.content,
    opening: messages.find(({ role }) => role === "user")?.content,
    lastTurns: () => {
      const ends = before === messages ? [] : messages.slice(-1);
      return [...ends, ...before.slice(lastTurn, lastTurn + 1).filter(isModel)].map(turnOf);
    },
    callsBackwards: function* () {
      for (const message of messages.toReversed()) yield* requestsOf(message).reverse();
    },
    callCount: messages.reduce((count, message) => count + callsOf(message).length, 0),
    conversationId: textOf(objectOf(request.metadata).session_id),
  };
}

function turnOf(message: JsonObject): SaidTurn {
  return { text: textOf(message.content), calls: requestsOf(message) };
}

function requestsOf(message: JsonObject): ToolRequest[] {
  return callsOf(message).flatMap(({ id, name, text }) =>
    name === undefined ? [] : [{ id, name, arguments: argumentsOfText(text ?? "") }],
  );
}

/** The format has no flag for errors, and text is not read for them: answered, whatever it says. */
function answerOf({ role, tool_call_id, name, content }: JsonObject): ToolAnswer[] {
  if (role !== "tool" && role !== "function") return [];
  const id = textOf(tool_call_id) || undefined;
  return [{ id, name: textOf(name), status: "answered", result: content }];
}

function isObject(value: unknown): boolean {
  return typeof value === "object" && value !== null;
}
