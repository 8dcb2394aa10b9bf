/** GitHub Copilot CLI: `session-state/<session>/events.jsonl`; a resumed session goes on in it. */
import { basename, dirname } from "node:path";
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, listIn, momentIn, textIn } from "../fields.ts";
import { type LineReader, lineFormat, type ReaderPlace } from "../frame/line-format.ts";
import { OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

const REFUSALS: ReadonlySet<unknown> = new Set(["denied", "rejected"]);

export const copilot = lineFormat({
  name: "copilot",
  title: "GitHub Copilot CLI",
  recognize,
  readerOf: (place) => new CopilotReader(place),
});

function recognize({ path, text, first }: FileHead): FilePart | undefined {
  const isStart = first.type === "session.start" || text.startsWith('{"type":"session.start"');
  if (!path.endsWith(".jsonl") || !isStart) return undefined;
  return { session: textIn(fieldsIn(first, "data"), "sessionId") ?? basename(dirname(path)) };
}

class CopilotReader implements LineReader {
  readonly #place: ReaderPlace;
  readonly #calls = new OpenCalls();
  #usage: Fields = {};
  /** Turns are numbered anew after a resume. */
  #turn = 0;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  take(line: Fields, events: HistoryEvent[]): void {
    const { type } = line;
    const data = fieldsIn(line, "data");
    const atMs = momentIn(line, "timestamp");
    switch (type) {
      case "session.start": {
        const project = textIn(fieldsIn(data, "context"), "cwd");
        learnFacts(this.#place.facts, textIn(data, "copilotVersion"), project);
        return;
      }
      case "assistant.turn_start":
        this.#turn += 1;
        return;
      case "session.usage_record":
        this.#usage = fieldsIn(data, "usage");
        return;
      case "assistant.message":
        this.#message(data, atMs, events);
        return;
      case "tool.execution_start":
        this.#start(data, atMs);
        return;
      case "tool.execution_complete":
        this.#complete(data, atMs, events);
        return;
      case "user.message":
        this.#person(line, data, atMs, events);
        return;
      default:
        this.#other(type);
    }
  }

  end(events: HistoryEvent[]): void {
    events.push(...this.#calls.rest());
  }

  #start(data: Fields, atMs: number | undefined): void {
    this.#calls.ask({
      id: textIn(data, "toolCallId") ?? "",
      tool: textIn(data, "toolName") ?? "unknown",
      arguments: data.arguments,
      parent: String(this.#turn),
      agent: textIn(data, "parentToolCallId"),
      atMs,
    });
  }

  #complete(data: Fields, atMs: number | undefined, events: HistoryEvent[]): void {
    const { result, error } = data;
    const event = this.#calls.end(textIn(data, "toolCallId") ?? "", {
      status: statusOf(data),
      result: fieldsIn(data, "result").content ?? result ?? error,
      atMs,
    });
    if (event !== undefined) events.push(event);
  }

  #message(data: Fields, atMs: number | undefined, events: HistoryEvent[]): void {
    const usage = this.#usage;
    this.#usage = {};
    const id = textIn(data, "messageId") ?? "";
    events.push(
      turnEvent(id, atMs, {
        content: data.content,
        model: textIn(data, "model") ?? textIn(usage, "model"),
        responseId: id,
        requestedTools: listIn(data, "toolRequests").length,
        agent: textIn(data, "parentToolCallId"),
        inputTokens: countIn(usage, "inputTokens"),
        outputTokens: countIn(usage, "outputTokens"),
        cacheReadTokens: countIn(usage, "cacheReadTokens"),
        cacheWriteTokens: countIn(usage, "cacheWriteTokens"),
      }),
    );
  }

  #person(line: Fields, data: Fields, atMs: number | undefined, events: HistoryEvent[]): void {
    const id = textIn(line, "id") ?? textIn(data, "messageId") ?? "";
    events.push(personEvent(id, atMs, data.content));
  }

  #other(type: unknown): void {
    const isKnown = typeof type === "string" && IDLE.test(type);
    if (!isKnown) this.#place.reading.notes.unknownKind("copilot", type);
  }
}

/** Kinds of events in which nothing is about the agent's work. */
const IDLE =
  /^(?:session|hook|system|assistant\.turn|assistant\.intent|assistant\.reasoning|subagent|abort|permission|skill|tool\.user_requested|tool\.execution_partial_result|tool\.execution_progress)/;

function statusOf(data: Fields): Status {
  if (data.success === false) {
    return REFUSALS.has(fieldsIn(data, "error").code) ? "denied" : "error";
  }
  return (countIn(fieldsIn(data, "shellExecution"), "exitCode") ?? 0) !== 0 ? "error" : "ok";
}
