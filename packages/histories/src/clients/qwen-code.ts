/** Qwen Code: `projects/<folder>/chats/<session>.jsonl`, sub-agents in `subagents/<session>/`. */
import { basename, dirname } from "node:path";
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, listIn, momentIn, objectsOf, textIn } from "../fields.ts";
import { type LineReader, lineFormat, type ReaderPlace } from "../frame/line-format.ts";
import { OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["success", "ok"],
  ["error", "error"],
  ["cancelled", "cancelled"],
]);

export const qwenCode = lineFormat({
  name: "qwen-code",
  title: "Qwen Code",
  recognize,
  readerOf: (place) => new QwenReader(place),
});

function recognize({ path, text }: FileHead): FilePart | undefined {
  const isOurs = text.includes('"parentUuid":') && !text.includes('"isSidechain":');
  if (!path.endsWith(".jsonl") || !isOurs || !/"(?:parts|systemPayload)":/.test(text))
    return undefined;
  const name = basename(path, ".jsonl");
  const folder = dirname(path);
  const isSubAgent = basename(dirname(folder)) === "subagents";
  return isSubAgent ? { session: basename(folder), agent: name } : { session: name };
}

class QwenReader implements LineReader {
  readonly #place: ReaderPlace;
  readonly #calls = new OpenCalls();

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  take(line: Fields, events: HistoryEvent[]): void {
    const { facts, reading } = this.#place;
    learnFacts(facts, textIn(line, "version"), textIn(line, "cwd"));
    switch (line.type) {
      case "user":
        this.#user(line, events);
        return;
      case "assistant":
        this.#assistant(line, events);
        return;
      case "tool_result":
        this.#result(line, events);
        return;
      case "system":
        return;
      default:
        reading.notes.unknownKind("qwen-code", line.type);
    }
  }

  end(events: HistoryEvent[]): void {
    events.push(...this.#calls.rest());
  }

  #user(line: Fields, events: HistoryEvent[]): void {
    if (this.#place.agent !== undefined) return;
    const content = fieldsIn(line, "message").parts;
    const id = textIn(line, "uuid") ?? "";
    events.push(personEvent(id, momentIn(line, "timestamp"), content));
  }

  #assistant(line: Fields, events: HistoryEvent[]): void {
    const id = textIn(line, "uuid") ?? "";
    const atMs = momentIn(line, "timestamp");
    const { agent } = this.#place;
    const parts = listIn(fieldsIn(line, "message"), "parts");
    const calls = parts.map((part) => part.functionCall).filter((call) => call !== undefined);
    for (const call of objectsOf(calls)) {
      this.#calls.ask({
        id: textIn(call, "id") ?? "",
        tool: textIn(call, "name") ?? "unknown",
        arguments: call.args,
        parent: id,
        agent,
        atMs,
      });
    }
    const usage = fieldsIn(line, "usageMetadata");
    events.push(
      turnEvent(id, atMs, {
        content: parts.map((part) => part.text).filter((text) => text !== undefined),
        model: textIn(line, "model"),
        responseId: id,
        requestedTools: calls.length,
        agent,
        inputTokens: countIn(usage, "promptTokenCount"),
        outputTokens: countIn(usage, "candidatesTokenCount"),
        cacheReadTokens: countIn(usage, "cachedContentTokenCount"),
        reasoningTokens: countIn(usage, "thoughtsTokenCount"),
      }),
    );
  }

  #result(line: Fields, events: HistoryEvent[]): void {
    const told = fieldsIn(line, "toolCallResult");
    const [part] = listIn(fieldsIn(line, "message"), "parts");
    const answer = fieldsIn(part ?? {}, "functionResponse");
    const event = this.#calls.end(textIn(told, "callId") ?? textIn(answer, "id") ?? "", {
      status: STATUSES.get(told.status) ?? "answered",
      result: answer.response,
      atMs: momentIn(line, "timestamp"),
    });
    if (event !== undefined) events.push(event);
  }
}
