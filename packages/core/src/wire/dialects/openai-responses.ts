import { parseJson } from "../../capture/foreign-json.ts";
import { countOf, type JsonObject, listOf, objectOf, textOf } from "./json-field.ts";
import type { Dialect, TurnStream } from "./model-turn.ts";
import {
  callOf,
  isCallersCall,
  itemOutcome,
  readResponsesRequest,
  resultOf,
} from "./response-items.ts";
import { TurnBuilder } from "./turn-builder.ts";

/** The Responses API. */
export const openaiResponses: Dialect = {
  provider: "openai",
  readRequest: readResponsesRequest,
  readAnswer(body) {
    const builder = new TurnBuilder();
    readResponse(builder, objectOf(body));
    return builder.build();
  },
  openStream: () => new ResponseStream(),
};

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
    return;
  }
  const result = resultOf(item);
  const call = callOf(item);
  if (result !== undefined) {
    builder.addResult(result);
  } else if (call !== undefined) {
    const { arguments: values, ...head } = call;
    builder.nameCall(place, { ...head, ...(!isCallersCall(item) && itemOutcome(item)) });
    builder.setArguments(place, values);
  }
}
