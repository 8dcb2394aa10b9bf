import { parseJson } from "../../capture/foreign-json.ts";
import { countOf, type JsonObject, listOf, objectOf, textOf } from "./json-field.ts";
import type {
  Dialect,
  ModelRequest,
  SaidTurn,
  ToolAnswer,
  ToolRequest,
  TurnStream,
} from "./model-turn.ts";
import { TurnBuilder } from "./turn-builder.ts";

/** The Messages API. */
export const anthropicMessages: Dialect = {
  provider: "anthropic",
  readRequest,
  readAnswer(body) {
    const builder = new TurnBuilder();
    const message = objectOf(body);
    readHead(builder, message);
    builder.state = "whole";
    listOf(message.content).forEach((block, place) => {
      readBlock(builder, objectOf(block), place);
    });
    return builder.build();
  },
  openStream: () => new MessageStream(),
};

/** Calls of tools that the vendor runs. */
const VENDOR_CALLS: ReadonlySet<unknown> = new Set(["server_tool_use", "mcp_tool_use"]);

class MessageStream implements TurnStream {
  readonly #builder = new TurnBuilder();

  push(data: string): void {
    const event = objectOf(parseJson(data));
    switch (event.type) {
      case "message_start":
        readHead(this.#builder, objectOf(event.message));
        break;
      case "content_block_start":
        readBlock(this.#builder, objectOf(event.content_block), event.index);
        break;
      case "content_block_delta":
        this.#readDelta(objectOf(event.delta), event.index);
        break;
      case "message_delta":
        readStop(this.#builder, objectOf(event.delta));
        readUsage(this.#builder, objectOf(event.usage));
        break;
      case "message_stop":
        this.#builder.state = "whole";
        break;
      case "error":
        this.#builder.isKnown = true;
        this.#builder.state = "failed";
        break;
    }
  }

  turn() {
    return this.#builder.build();
  }

  #readDelta(delta: JsonObject, place: unknown): void {
    if (delta.type === "text_delta") this.#builder.addText(textOf(delta.text));
    if (delta.type === "input_json_delta") {
      this.#builder.addArguments(place, textOf(delta.partial_json));
    }
  }
}

function readHead(builder: TurnBuilder, message: JsonObject): void {
  builder.isKnown = message.type === "message" && Array.isArray(message.content);
  builder.responseId = textOf(message.id);
  builder.model = textOf(message.model);
  readStop(builder, message);
  readUsage(builder, objectOf(message.usage));
}

function readStop(builder: TurnBuilder, { stop_reason }: JsonObject): void {
  builder.finishReason = textOf(stop_reason);
  builder.isPaused = stop_reason === "pause_turn";
}

/** Input tokens leave out what went through the cache; ours hold it. Later events add to earlier. */
function readUsage(builder: TurnBuilder, usage: JsonObject): void {
  const before = builder.usage;
  const cacheRead = countOf(usage.cache_read_input_tokens) ?? before.cacheReadTokens;
  const cacheWrite = countOf(usage.cache_creation_input_tokens) ?? before.cacheWriteTokens;
  const fresh = countOf(usage.input_tokens);
  builder.usage = {
    inputTokens:
      fresh === undefined ? before.inputTokens : fresh + (cacheRead ?? 0) + (cacheWrite ?? 0),
    outputTokens: countOf(usage.output_tokens) ?? before.outputTokens,
    cacheReadTokens: cacheRead,
    cacheWriteTokens: cacheWrite,
  };
}

function readBlock(builder: TurnBuilder, block: JsonObject, place: unknown): void {
  const result = resultOf(block);
  const call = callOf(block);
  if (block.type === "text") {
    builder.addText(textOf(block.text));
  } else if (call !== undefined) {
    builder.nameCall(place, call);
    builder.setArguments(place, block.input);
  } else if (result !== undefined) {
    builder.addResult(result);
  }
}

type CallHead = Pick<ToolRequest, "id" | "name" | "server" | "isVendors">;

/** A block that asks the caller for a result, or calls a tool that the vendor runs. */
function callOf(block: JsonObject): CallHead | undefined {
  const isVendors = VENDOR_CALLS.has(block.type);
  const name = textOf(block.name);
  if ((!isVendors && block.type !== "tool_use") || name === undefined) return undefined;
  const server = textOf(block.server_name);
  const id = textOf(block.id) || undefined;
  return { id, name, ...(server !== undefined && { server }), ...(isVendors && { isVendors }) };
}

/** The result of a vendor's tool: in the answer that calls it, or in one that goes on with it. */
function resultOf(block: JsonObject): ToolAnswer | undefined {
  const id = textOf(block.tool_use_id) || undefined;
  if (id === undefined || block.type === "tool_result") return undefined;
  return { id, status: isError(block) ? "error" : "ok", result: block.content };
}

/** It says so, its content is an error, or the program that it ran ended with a code other than 0. */
function isError(block: JsonObject): boolean {
  const content = objectOf(block.content);
  const isErrorContent = textOf(content.type)?.endsWith("_error") === true;
  const code = countOf(content.return_code);
  return block.is_error === true || isErrorContent || (code !== undefined && code !== 0);
}

function readRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const messages = listOf(request.messages).map(objectOf);
  const isModel = ({ role }: JsonObject) => role === "assistant";
  const isUser = ({ role }: JsonObject) => role === "user";
  // What stands at the end is a turn that goes on, or words for the model to begin with.
  const before = messages.at(-1)?.role === "assistant" ? messages.slice(0, -1) : messages;
  const lastTurn = before.findLastIndex(isModel);
  const news = before.slice(lastTurn + 1);
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0,
    answers: news.flatMap(blocksOf).flatMap(answerOf),
    userMessage: spokenIn(news.findLast(isUser)),
    opening: messages.find(isUser)?.content,
    lastTurns: () => {
      const ends = before === messages ? [] : messages.slice(-1);
      return [...ends, ...before.slice(lastTurn, lastTurn + 1).filter(isModel)].map(turnOf);
    },
    callsBackwards: function* () {
      for (const message of messages.toReversed()) yield* requestsOf(message).reverse();
    },
    callCount: messages.flatMap(blocksOf).filter(({ type }) => type === "tool_use").length,
    // A thread is kept by the server: each request brings only what is new.
    previousResponseId: textOf(objectOf(request.thread).previous_message_id),
    conversationId: textOf(objectOf(request.metadata).session_id),
  };
}

function blocksOf(message: JsonObject | undefined): JsonObject[] {
  return listOf(message?.content).map(objectOf);
}

/** A message that only hands over results is not the user speaking. */
function spokenIn(message: JsonObject | undefined): unknown {
  const blocks = blocksOf(message);
  const spoken = blocks.filter(({ type }) => type !== "tool_result");
  return blocks.length > 0 && spoken.length === 0 ? undefined : message?.content;
}

function turnOf(message: JsonObject): SaidTurn {
  const texts = blocksOf(message).flatMap(({ type, text }) =>
    type === "text" ? [textOf(text) ?? ""] : [],
  );
  const text = textOf(message.content) ?? (texts.length === 0 ? undefined : texts.join(""));
  return { text, calls: requestsOf(message) };
}

function requestsOf(message: JsonObject): ToolRequest[] {
  if (message.role !== "assistant") return [];
  return blocksOf(message).flatMap((block) => {
    const call = callOf(block);
    return call === undefined ? [] : [{ ...call, arguments: block.input }];
  });
}

function answerOf(block: JsonObject): ToolAnswer[] {
  if (block.type !== "tool_result") return [];
  const id = textOf(block.tool_use_id) || undefined;
  return [{ id, status: block.is_error === true ? "error" : "answered", result: block.content }];
}
