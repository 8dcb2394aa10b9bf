/** Lists of messages with blocks, in the form of Anthropic's API, as several clients keep them. */
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  momentIn,
  objectsOf,
  parsedText,
  textIn,
} from "../fields.ts";
import { callEvent, OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import type { HistoryEvent } from "../history.ts";
import { writtenCalls } from "./written-calls.ts";

/** What the list does not say of itself. */
export interface BlockContext {
  /** Goes before ids that are unique in the list only. */
  readonly scope: string;
  readonly model?: string | undefined;
}

/** The events of a list of messages. */
export function blockEvents(
  messages: readonly Fields[],
  context: BlockContext,
): readonly HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const calls = new OpenCalls();
  let before: Fields = {};
  messages.forEach((message, at) => {
    const place = { ...context, id: `${context.scope} ${textIn(message, "id") ?? at}` };
    if (message.role === "assistant") takeTurn(message, place, calls, events);
    else if (message.role === "user" && !takeAnswers(message, calls, events)) {
      takeWritten(message, before, place, events);
    }
    before = message;
  });
  events.push(...calls.rest());
  return events;
}

interface MessagePlace extends BlockContext {
  readonly id: string;
}

function takeTurn(
  message: Fields,
  { id, model }: MessagePlace,
  calls: OpenCalls,
  events: HistoryEvent[],
): void {
  const atMs = momentIn(message, "ts", "timestamp");
  const blocks = objectsOf(message.content);
  const asked = blocks.filter(({ type }) => type === "tool_use");
  for (const block of asked) {
    calls.ask({
      id: textIn(block, "id") ?? "",
      tool: textIn(block, "name") ?? "unknown",
      arguments: block.input,
      parent: id,
      atMs,
    });
  }
  const metrics = fieldsIn(message, "metrics");
  events.push(
    turnEvent(id, atMs, {
      content: typeof message.content === "string" ? message.content : textsOf(blocks),
      model: textIn(fieldsIn(message, "modelInfo"), "id", "modelId") ?? model,
      responseId: id,
      requestedTools: asked.length,
      inputTokens: countIn(metrics, "inputTokens"),
      outputTokens: countIn(metrics, "outputTokens"),
      cacheReadTokens: countIn(metrics, "cacheReadTokens"),
      cacheWriteTokens: countIn(metrics, "cacheWriteTokens"),
      costUsd: countIn(metrics, "cost"),
    }),
  );
}

/** @returns false when there are none in the message */
function takeAnswers(message: Fields, calls: OpenCalls, events: HistoryEvent[]): boolean {
  const atMs = momentIn(message, "ts", "timestamp");
  const answers = objectsOf(message.content).filter(({ type }) => type === "tool_result");
  for (const block of answers) {
    const end = { status: statusOf(block), result: block.content, atMs };
    const event = calls.end(textIn(block, "tool_use_id") ?? "", end);
    if (event !== undefined) events.push(event);
  }
  return answers.length > 0;
}

/** A message of a person, unless it answers calls that the model wrote as text. */
function takeWritten(
  message: Fields,
  before: Fields,
  { id }: MessagePlace,
  events: HistoryEvent[],
): void {
  const atMs = momentIn(message, "ts", "timestamp");
  const asked =
    typeof before.content === "string"
      ? before.content
      : textsOf(objectsOf(before.content)).join("\n");
  const written = writtenCalls(objectsOf(message.content), asked);
  written.forEach(({ tool, arguments: args, status, result }, at) => {
    const call = { id: `${id} ${at}`, tool, arguments: args, parent: id, atMs };
    events.push(callEvent(call, { status, result, atMs }));
  });
  if (written.length === 0) events.push(personEvent(id, atMs, message.content));
}

function textsOf(blocks: readonly Fields[]): readonly unknown[] {
  return blocks.filter(({ type }) => type === "text").map(({ text }) => text);
}

/** Some tools answer with a list, one item for each thing that was asked, or with JSON in text. */
function statusOf(block: Fields): Status {
  if (block.is_error === true) return "error";
  const told = parsedText(block.content);
  const items = Array.isArray(told) ? told : [told];
  const hasFailed = items.some((item) => isFields(item) && item.success === false);
  return hasFailed ? "error" : "ok";
}
