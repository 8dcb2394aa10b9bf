import { countOf, type JsonObject, listOf, objectOf, parseJson, textOf } from "./json-field.ts";
import type { Dialect, ModelRequest, ToolAnswer, ToolRequest, TurnStream } from "./model-turn.ts";
import { argumentsOfText, TurnBuilder } from "./turn-builder.ts";

/** The Responses API. */
export const openaiResponses: Dialect = {
  provider: "openai",
  readRequest,
  readAnswer(body) {
    const builder = new TurnBuilder();
    readResponse(builder, objectOf(body));
    return builder.build();
  },
  openStream: () => new ResponseStream(),
};

/** Items that are a request to the caller, who answers with an output item of the same call id. */
const CALLER_CALLS: ReadonlySet<unknown> = new Set([
  "function_call",
  "custom_tool_call",
  "computer_call",
  "local_shell_call",
  "shell_call",
  "apply_patch_call",
]);

/** Items of tools that the vendor runs; all of them end in `_call`. */
const VENDOR_CALL = /^[a-z_]+_call$/;

const FAILED: ReadonlySet<unknown> = new Set(["failed", "cancelled"]);
const UNDERWAY: ReadonlySet<unknown> = new Set(["queued", "in_progress"]);

class ResponseStream implements TurnStream {
  #builder = new TurnBuilder();

  push(data: string): void {
    const event = objectOf(parseJson(data));
    switch (event.type) {
      case "response.created":
        readResponse(this.#builder, objectOf(event.response));
        break;
      case "response.output_item.done":
        readItem(this.#builder, objectOf(event.item), event.output_index);
        break;
      case "response.completed":
      case "response.incomplete":
      case "response.failed":
        // The last event repeats the whole response.
        this.#builder = new TurnBuilder();
        readResponse(this.#builder, objectOf(event.response));
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
}

function readResponse(builder: TurnBuilder, response: JsonObject): void {
  builder.isKnown = Array.isArray(response.output);
  builder.responseId = textOf(response.id);
  builder.model = textOf(response.model);
  builder.finishReason = textOf(response.status);
  builder.state = FAILED.has(response.status)
    ? "failed"
    : UNDERWAY.has(response.status)
      ? "underway"
      : "whole";
  const usage = objectOf(response.usage);
  builder.usage = {
    inputTokens: countOf(usage.input_tokens),
    outputTokens: countOf(usage.output_tokens),
    cacheReadTokens: countOf(objectOf(usage.input_tokens_details).cached_tokens),
    reasoningTokens: countOf(objectOf(usage.output_tokens_details).reasoning_tokens),
  };
  listOf(response.output).forEach((item, place) => {
    readItem(builder, objectOf(item), place);
  });
}

function readItem(builder: TurnBuilder, item: JsonObject, place: unknown): void {
  if (item.type === "message") {
    for (const part of listOf(item.content)) builder.addText(textOf(objectOf(part).text));
  } else if (CALLER_CALLS.has(item.type)) {
    builder.nameCall(place, textOf(item.call_id), nameOf(item));
    builder.setArguments(place, argumentsOf(item));
  } else if (VENDOR_CALL.test(textOf(item.type) ?? "")) {
    readVendorCall(builder, item, place);
  }
}

/** A tool that the vendor ran: asked for and answered in one item. */
function readVendorCall(builder: TurnBuilder, item: JsonObject, place: unknown): void {
  builder.nameCall(place, textOf(item.id), nameOf(item));
  builder.setArguments(place, argumentsOf(item));
  const failed = (item.error ?? null) !== null || item.status === "failed";
  builder.setOutcome(place, {
    status: failed
      ? "error"
      : item.status === "completed" || item.output !== undefined
        ? "ok"
        : "unknown",
    result: item.error ?? item.output ?? item.results ?? item.result,
  });
}

/** The name of a function, or of the kind of tool where it has none: `web_search_call`. */
function nameOf(item: JsonObject): string | undefined {
  return textOf(item.name) ?? textOf(item.type)?.replace(/_call$/, "");
}

function argumentsOf(item: JsonObject): unknown {
  const text = textOf(item.arguments);
  if (text !== undefined) return argumentsOfText(text);
  return item.input ?? item.action ?? item.operation ?? item.queries ?? item.code;
}

function readRequest(body: unknown): ModelRequest {
  const request = objectOf(body);
  const items = listOf(request.input).map(objectOf);
  const lastTurn = items.findLastIndex(isOfModel);
  const news = items.slice(lastTurn + 1);
  const isUser = (item: JsonObject) => item.role === "user";
  return {
    model: textOf(request.model),
    offersTools: listOf(request.tools).length > 0,
    answers: news.flatMap(answerOf),
    repeated: (id) => requestOf(items, id),
    userMessage: textOf(request.input) ?? news.findLast(isUser)?.content,
    opening: textOf(request.input) ?? items.find(isUser)?.content,
    lastText: lastTextOf(items),
    callIds: items.flatMap((item) => textOf(item.call_id) ?? []),
    previousResponseId: textOf(request.previous_response_id),
    conversationId:
      textOf(request.conversation) ??
      textOf(objectOf(request.conversation).id) ??
      textOf(objectOf(request.metadata).session_id),
  };
}

function isOfModel(item: JsonObject): boolean {
  return item.role === "assistant" || CALLER_CALLS.has(item.type);
}

function lastTextOf(items: readonly JsonObject[]): string | undefined {
  const message = items.findLast(({ role }) => role === "assistant");
  const [part] = listOf(message?.content);
  return textOf(message?.content) ?? textOf(objectOf(part).text);
}

/** Output items end in `_call_output`. No flag for errors: answered, whatever it says. */
function answerOf(item: JsonObject): ToolAnswer[] {
  const id = textOf(item.call_id);
  if (id === undefined || !textOf(item.type)?.endsWith("_call_output")) return [];
  return [
    { id, status: item.status === "incomplete" ? "cancelled" : "answered", result: item.output },
  ];
}

function requestOf(items: readonly JsonObject[], id: string): ToolRequest | undefined {
  const item = items.find(({ type, call_id }) => call_id === id && CALLER_CALLS.has(type));
  const name = item && nameOf(item);
  return item && name !== undefined ? { id, name, arguments: argumentsOf(item) } : undefined;
}
