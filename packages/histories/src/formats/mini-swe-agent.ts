/**
 * mini-swe-agent, as 2.2 and 2.3 write it: `<task>.traj.json`, one JSON object with the messages of an
 * OpenAI chat; beside each stand its time, its cost, and how a command ended.
 */
import { basename } from "node:path";
import { countIn, type Fields, fieldsIn, listIn, momentIn, parsedText, textIn } from "../fields.ts";
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
import { OpenCalls } from "../open-calls.ts";
import { learnFacts, withoutCopies } from "./line-format.ts";

const ENDING = ".traj.json";

export const miniSweAgent: HistoryFormat = {
  name: "mini-swe-agent",
  title: "mini-swe-agent",
  recognize,
  async *open(parts, reading) {
    for (const part of parts) yield sessionOf(part, reading);
  },
};

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs = path.endsWith(ENDING) && /"(?:model_stats|messages)"\s*:/.test(text);
  return isOurs ? { session: basename(path, ENDING) } : undefined;
}

function sessionOf({ file, session }: PartFile, reading: Reading): HistorySession {
  const facts: HistoryFacts = {};
  return {
    format: "mini-swe-agent",
    client: "mini-swe-agent",
    id: session,
    files: [file],
    facts,
    async *events() {
      const run = await wholeFile(file, reading);
      if (run === undefined) return;
      learnFacts(facts, textIn(fieldsIn(run, "info"), "mini_version"), undefined);
      const events: HistoryEvent[] = [];
      const calls = new OpenCalls();
      listIn(run, "messages").forEach((message, at) => {
        takeMessage(message, `${session} ${at}`, calls, events);
      });
      events.push(...calls.rest());
      yield withoutCopies(events, "mini-swe-agent", reading);
    },
  };
}

function takeMessage(message: Fields, id: string, calls: OpenCalls, events: HistoryEvent[]): void {
  const extra = fieldsIn(message, "extra");
  const atMs = momentIn(extra, "timestamp");
  switch (message.role) {
    case "assistant":
      for (const call of listIn(message, "tool_calls")) ask(call, id, atMs, calls);
      events.push(turnEvent(message, extra, id, atMs));
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
    case "user": {
      const { content } = message;
      events.push({
        id: `user ${id}`,
        atMs,
        observation: { kind: "message", role: "user", content },
      });
    }
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

function turnEvent(
  message: Fields,
  extra: Fields,
  id: string,
  atMs: number | undefined,
): HistoryEvent {
  const response = fieldsIn(extra, "response");
  const usage = fieldsIn(response, "usage");
  const costUsd = countIn(extra, "cost");
  return {
    id: `turn ${id} ${textIn(response, "id") ?? ""}`,
    atMs,
    observation: {
      kind: "turn",
      role: "assistant",
      content: message.content,
      model: textIn(response, "model"),
      responseId: textIn(response, "id"),
      requestedTools: listIn(message, "tool_calls").length,
      inputTokens: countIn(usage, "prompt_tokens"),
      outputTokens: countIn(usage, "completion_tokens"),
      cacheReadTokens: countIn(fieldsIn(usage, "prompt_tokens_details"), "cached_tokens"),
      ...(costUsd !== undefined && costUsd > 0 && { costUsd }),
    },
  };
}
