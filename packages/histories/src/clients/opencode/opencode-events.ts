/** Messages and calls of opencode, as its database holds them. */
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, momentIn, sumOf, textIn } from "../../fields.ts";
import { callEvent } from "../../frame/open-calls.ts";
import { turnEvent } from "../../frame/speech.ts";
import type { HistoryEvent } from "../../history.ts";

/** A turn of the model; undefined where the message is of somebody else. */
export function answerEvent(
  data: Fields,
  said: {
    readonly id: string;
    readonly agent: string | undefined;
    readonly content: unknown;
    readonly requestedTools: number;
  },
): HistoryEvent | undefined {
  if (data.role !== "assistant") return undefined;
  const tokens = fieldsIn(data, "tokens");
  const cache = fieldsIn(tokens, "cache");
  const time = fieldsIn(data, "time");
  const read = countIn(cache, "read");
  const written = countIn(cache, "write");
  // A fork gives it another id, and keeps its times.
  const id = `${countIn(time, "created") ?? ""} ${countIn(time, "completed") ?? ""}`;
  return turnEvent(id, momentIn(time, "created"), {
    content: said.content,
    provider: textIn(data, "providerID"),
    model: textIn(data, "modelID"),
    responseId: said.id,
    requestedTools: said.requestedTools,
    agent: said.agent,
    inputTokens: sumOf(countIn(tokens, "input"), read, written),
    outputTokens: countIn(tokens, "output"),
    reasoningTokens: countIn(tokens, "reasoning"),
    cacheReadTokens: read,
    cacheWriteTokens: written,
    costUsd: countIn(data, "cost"),
  });
}

/** A call, as far as it has come. */
export function toolEvent(part: Fields, parent: string, agent: string | undefined): HistoryEvent {
  const state = fieldsIn(part, "state");
  const time = fieldsIn(state, "time");
  const start = momentIn(time, "start");
  const end = momentIn(time, "end");
  const hasEnds = start !== undefined && end !== undefined;
  return callEvent(
    {
      id: textIn(part, "callID") ?? "",
      tool: textIn(part, "tool") ?? "unknown",
      arguments: state.input,
      parent,
      agent,
      atMs: start,
    },
    {
      status: statusOf(state),
      result: state.status === "error" ? state.error : state.output,
      atMs: end,
      durationMs: hasEnds ? Math.max(0, end - start) : undefined,
    },
  );
}

function statusOf(state: Fields): Status {
  if (state.status === "error") return "error";
  if (state.status !== "completed") return "unresolved";
  return (countIn(fieldsIn(state, "metadata"), "exit") ?? 0) !== 0 ? "error" : "ok";
}
