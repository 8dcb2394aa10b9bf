import { countOf, type JsonObject, listOf, objectOf, parseJson, textOf } from "./json-field.ts";
import type { Dialect, ModelRequest, ToolAnswer, ToolRequest, TurnStream } from "./model-turn.ts";
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

/** Blocks that ask the caller for a result, and those of tools that the vendor runs. */
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
        this.#builder.finishReason = textOf(objectOf(event.delta).stop_reason);
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
  builder.finishReason = textOf(message.stop_reason);
  readUsage(builder, objectOf(message.usage));
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
  if (block.type === "text") {
    builder.addText(textOf(block.text));
  } else if (block.type === "tool_use" || VENDOR_CALLS.has(block.type)) {
    const id = textOf(block.id);
    builder.nameCall(place, id, textOf(block.name));
    builder.setArguments(place, block.input);
    if (VENDOR_CALLS.has(block.type)) builder.setOutcome(place, { status: "unknown" });
  } else if (textOf(block.tool_use_id) !== undefined) {
    readVendorResult(builder, block, place);
  }
}

/** The result of a vendor's tool is the block of its own after the call. */
function readVendorResult(builder: TurnBuilder, block: JsonObject, place: unknown): void {
  const call = typeof place === "number" ? place - 1 : place;
  if (!builder.hasCall(call)) return;
  builder.setOutcome(call, { status: isError(block) ? "error" : "ok", result: block.content });
}

function isError(block: JsonObject): boolean {
  return (
    block.is_error === true || Boolean(textOf(objectOf(block.content).type)?.endsWith("_error"))
  );
}

function readRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const messages = listOf(request.messages).map(objectOf);
  const lastTurn = messages.findLastIndex(({ role }) => role === "assistant");
  const news = messages.slice(lastTurn + 1);
  const isUser = ({ role }: JsonObject) => role === "user";
  const last = blocksOf(messages[lastTurn]);
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0,
    answers: news.flatMap(blocksOf).flatMap(answerOf),
    repeated: (id) => requestOf(last, id),
    userMessage: spokenIn(news.findLast(isUser)),
    opening: messages.find(isUser)?.content,
    lastText: lastTextOf(messages[lastTurn], last),
    callIds: messages
      .flatMap(blocksOf)
      .flatMap(({ type, id }) => (type === "tool_use" ? (textOf(id) ?? []) : [])),
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

function lastTextOf(message: JsonObject | undefined, blocks: JsonObject[]): string | undefined {
  const text = blocks
    .filter(({ type }) => type === "text")
    .map((block) => textOf(block.text) ?? "");
  return textOf(message?.content) ?? (text.length === 0 ? undefined : text.join(""));
}

function answerOf(block: JsonObject): ToolAnswer[] {
  const id = textOf(block.tool_use_id);
  if (block.type !== "tool_result" || id === undefined) return [];
  return [{ id, status: block.is_error === true ? "error" : "answered", result: block.content }];
}

function requestOf(blocks: readonly JsonObject[], id: string): ToolRequest | undefined {
  const block = blocks.find((each) => each.type === "tool_use" && each.id === id);
  const name = textOf(block?.name);
  return block && name !== undefined ? { id, name, arguments: block.input } : undefined;
}
