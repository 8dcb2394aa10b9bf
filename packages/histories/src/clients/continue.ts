/**
 * Continue: `sessions/<id>.json`. It keeps no times, and an answer that says it failed is `done`: only
 * an error of the protocol can be seen.
 */
import { basename } from "node:path";
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  listIn,
  objectsOf,
  parsedText,
  textIn,
} from "../fields.ts";
import { type DocumentPlace, documentFormat } from "../frame/document-format.ts";
import { callEvent } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["done", "ok"],
  ["errored", "error"],
  ["canceled", "cancelled"],
]);

export const continueCli = documentFormat({
  name: "continue",
  title: "Continue",
  recognize,
  eventsOf,
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    path.endsWith(".json") && /"sessionId"\s*:/.test(text) && /"history"\s*:\s*\[/.test(text);
  return isOurs ? { session: basename(path, ".json") } : undefined;
}

function eventsOf(chat: Fields, { session, facts }: DocumentPlace): readonly HistoryEvent[] {
  learnFacts(facts, undefined, textIn(chat, "workspaceDirectory"));
  return listIn(chat, "history").flatMap((item, at) => itemEvents(item, `${session} ${at}`));
}

function itemEvents(item: Fields, id: string): readonly HistoryEvent[] {
  const message = fieldsIn(item, "message");
  const { content } = message;
  if (message.role === "user") {
    return [personEvent(id, undefined, content)];
  }
  if (message.role !== "assistant") return [];
  const states = listIn(item, "toolCallStates");
  return [answerEvent(message, id, states.length), ...states.map((state) => toolEvent(state, id))];
}

function answerEvent(message: Fields, id: string, requestedTools: number): HistoryEvent {
  const usage = fieldsIn(message, "usage");
  const cents = countIn(usage, "cost_cents");
  return turnEvent(id, undefined, {
    content: message.content,
    model: textIn(usage, "model"),
    requestedTools,
    inputTokens: countIn(usage, "prompt_tokens"),
    outputTokens: countIn(usage, "completion_tokens"),
    cacheReadTokens: countIn(fieldsIn(usage, "prompt_tokens_details"), "cached_tokens"),
    costUsd: cents === undefined ? undefined : cents / 100,
  });
}

function toolEvent(state: Fields, parent: string): HistoryEvent {
  const asked = fieldsIn(fieldsIn(state, "toolCall"), "function");
  const event = callEvent(
    {
      id: textIn(state, "toolCallId") ?? "",
      tool: textIn(asked, "name") ?? "unknown",
      arguments: state.parsedArgs ?? parsedText(asked.arguments),
      parent,
    },
    {
      status: STATUSES.get(state.status) ?? "unresolved",
      result: objectsOf(state.output).map(({ content }) => content),
    },
  );
  return { ...event, id: `${event.id} ${parent}` };
}
