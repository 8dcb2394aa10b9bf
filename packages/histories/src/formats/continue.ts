/**
 * Continue: `sessions/<id>.json`. It keeps no times, and an answer that says it failed is `done`: only
 * an error of the protocol is told apart.
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
import { wholeFile } from "../files/whole-file.ts";
import type {
  FileHead,
  FilePart,
  HistoryEvent,
  HistoryFacts,
  HistoryFormat,
  HistorySession,
  PartFile,
  Reading,
} from "../history.ts";
import { callEvent } from "../open-calls.ts";
import { learnFacts, withoutCopies } from "./line-format.ts";

const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["done", "ok"],
  ["errored", "error"],
  ["canceled", "cancelled"],
]);

export const continueCli: HistoryFormat = {
  name: "continue",
  title: "Continue",
  recognize,
  async *open(parts, reading) {
    for (const part of parts) yield sessionOf(part, reading);
  },
};

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs =
    path.endsWith(".json") && /"sessionId"\s*:/.test(text) && /"history"\s*:\s*\[/.test(text);
  return isOurs ? { session: basename(path, ".json") } : undefined;
}

function sessionOf({ file, session }: PartFile, reading: Reading): HistorySession {
  const facts: HistoryFacts = {};
  return {
    format: "continue",
    client: "continue",
    id: session,
    files: [file],
    facts,
    async *events() {
      const chat = await wholeFile(file, reading);
      if (chat === undefined) return;
      learnFacts(facts, undefined, textIn(chat, "workspaceDirectory"));
      const events = listIn(chat, "history").flatMap((item, at) =>
        itemEvents(item, `${session} ${at}`),
      );
      yield withoutCopies(events, "continue", reading);
    },
  };
}

function itemEvents(item: Fields, id: string): readonly HistoryEvent[] {
  const message = fieldsIn(item, "message");
  const { content } = message;
  if (message.role === "user") {
    return [{ id: `user ${id}`, observation: { kind: "message", role: "user", content } }];
  }
  if (message.role !== "assistant") return [];
  const states = listIn(item, "toolCallStates");
  return [turnEvent(message, id, states.length), ...states.map((state) => toolEvent(state, id))];
}

function turnEvent(message: Fields, id: string, requestedTools: number): HistoryEvent {
  const usage = fieldsIn(message, "usage");
  const cents = countIn(usage, "cost_cents");
  return {
    id: `turn ${id}`,
    observation: {
      kind: "turn",
      role: "assistant",
      content: message.content,
      model: textIn(usage, "model"),
      requestedTools,
      inputTokens: countIn(usage, "prompt_tokens"),
      outputTokens: countIn(usage, "completion_tokens"),
      cacheReadTokens: countIn(fieldsIn(usage, "prompt_tokens_details"), "cached_tokens"),
      ...(cents !== undefined && cents > 0 && { costUsd: cents / 100 }),
    },
  };
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
