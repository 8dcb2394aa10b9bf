/**
 * mini-swe-agent, as 2.2 and 2.3 write it: `<task>.traj.json`, one JSON object with the messages of an
 * OpenAI chat; beside each stand its time, its cost, and how a command ended.
 */
import { basename } from "node:path";
import { countIn, type Fields, fieldsIn, listIn, momentIn, parsedText, textIn } from "../fields.ts";
import { type DocumentPlace, documentFormat } from "../frame/document-format.ts";
import { OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

const ENDING = ".traj.json";

export const miniSweAgent = documentFormat({
  name: "mini-swe-agent",
  title: "mini-swe-agent",
  recognize,
  eventsOf,
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs = path.endsWith(ENDING) && /"(?:model_stats|messages)"\s*:/.test(text);
  return isOurs ? { session: basename(path, ENDING) } : undefined;
}

function eventsOf(run: Fields, { session, facts }: DocumentPlace): readonly HistoryEvent[] {
  learnFacts(facts, textIn(fieldsIn(run, "info"), "mini_version"), undefined);
  const events: HistoryEvent[] = [];
  const calls = new OpenCalls();
  listIn(run, "messages").forEach((message, at) => {
    takeMessage(message, `${session} ${at}`, calls, events);
  });
  events.push(...calls.rest());
  return events;
}

function takeMessage(message: Fields, id: string, calls: OpenCalls, events: HistoryEvent[]): void {
  const extra = fieldsIn(message, "extra");
  const atMs = momentIn(extra, "timestamp");
  switch (message.role) {
    case "assistant":
      for (const call of listIn(message, "tool_calls")) ask(call, id, atMs, calls);
      events.push(answerEvent(message, extra, id, atMs));
      return;
    case "tool": {
      const failed =
        (countIn(extra, "returncode") ?? (extra.returncode === undefined ? 0 : 1)) !== 0;
      const end = {
        status: failed ? ("error" as const) : ("ok" as const),
        result: message.content,
        atMs,
      };
      const event = calls.end(textIn(message, "tool_call_id") ?? "", end);
      if (event !== undefined) events.push(event);
      return;
    }
    case "user":
      events.push(personEvent(id, atMs, message.content));
  }
}

function ask(call: Fields, parent: string, atMs: number | undefined, calls: OpenCalls): void {
  const asked = fieldsIn(call, "function");
  calls.ask({
    id: textIn(call, "id") ?? "",
    tool: textIn(asked, "name") ?? "unknown",
    arguments: parsedText(asked.arguments),
    parent,
    atMs,
  });
}

function answerEvent(
  message: Fields,
  extra: Fields,
  id: string,
  atMs: number | undefined,
): HistoryEvent {
  const response = fieldsIn(extra, "response");
  const usage = fieldsIn(response, "usage");
  return turnEvent(`${id} ${textIn(response, "id") ?? ""}`, atMs, {
    content: message.content,
    model: textIn(response, "model"),
    responseId: textIn(response, "id"),
    requestedTools: listIn(message, "tool_calls").length,
    inputTokens: countIn(usage, "prompt_tokens"),
    outputTokens: countIn(usage, "completion_tokens"),
    cacheReadTokens: countIn(fieldsIn(usage, "prompt_tokens_details"), "cached_tokens"),
    costUsd: countIn(extra, "cost"),
  });
}
