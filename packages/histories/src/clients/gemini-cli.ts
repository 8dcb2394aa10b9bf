/**
 * Gemini CLI: `tmp/<project>/chats/session-*.jsonl`, earlier one JSON object a file.
 *
 * A message is written again, with the same id, once its calls were answered; `$set` writes the whole
 * list again. A call or turn is taken once, from the first message that has it.
 */
import { basename } from "node:path";
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, listIn, momentIn, objectsOf, textIn } from "../fields.ts";
import { memberText } from "../files/file-head.ts";
import { documentFormat } from "../frame/document-format.ts";
import { type LineReader, lineFormat, type ReaderPlace } from "../frame/line-format.ts";
import { callEvent } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import type { FileHead, FilePart, HistoryEvent, HistoryFormat, PartFile } from "../history.ts";

/** How the result of a shell command tells its exit code, on a line of its own. */
const EXIT_CODE = /^Exit Code: ([1-9][0-9]*)$/m;
const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["success", "ok"],
  ["error", "error"],
  ["cancelled", "cancelled"],
]);

const inLines = lineFormat({
  name: "gemini-cli",
  title: "Gemini CLI",
  recognize,
  readerOf: (place) => new GeminiReader(place),
});
const inOneObject = documentFormat({
  ...inLines,
  eventsOf: (chat, { reading }) => {
    const events: HistoryEvent[] = [];
    for (const message of listIn(chat, "messages"))
      messageEvents(message, { agent: undefined, reading }, events);
    return events;
  },
});

export const geminiCli: HistoryFormat = {
  ...inLines,
  async *open(parts, reading) {
    const isWhole = ({ file }: PartFile) => file.path.endsWith(".json");
    yield* inLines.open(
      parts.filter((part) => !isWhole(part)),
      reading,
    );
    yield* inOneObject.open(parts.filter(isWhole), reading);
  },
};

function recognize({ path, text }: FileHead): FilePart | undefined {
  if (!/\.jsonl?$/.test(path) || !text.slice(0, 1_000).includes('"projectHash"')) return undefined;
  const session = memberText(text, "sessionId") ?? basename(path);
  // A sub-agent has a file of its own, of another kind than the main agent's.
  const isMain = (memberText(text.slice(0, 1_000), "kind") ?? "main") === "main";
  return isMain ? { session } : { session, agent: basename(path) };
}

class GeminiReader implements LineReader {
  readonly #place: ReaderPlace;
  /** The latest message, which may be written again. */
  #held: Fields | undefined;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  take(line: Fields, events: HistoryEvent[]): void {
    const patch = line.$set;
    if (patch !== undefined) {
      this.#patch(fieldsIn(line, "$set"), events);
      return;
    }
    if (line.projectHash !== undefined || line.$rewindTo !== undefined) return;
    if (line.type === undefined) {
      this.#place.reading.notes.unknownKind("gemini-cli", "");
      return;
    }
    if (this.#held !== undefined && this.#held.id !== line.id) this.end(events);
    this.#held = line;
  }

  end(events: HistoryEvent[]): void {
    const message = this.#held;
    this.#held = undefined;
    if (message !== undefined) messageEvents(message, this.#place, events);
  }

  /** The list begins with what the program says in a person's place. */
  #patch(patch: Fields, events: HistoryEvent[]): void {
    const messages = listIn(patch, "messages").filter(({ type }) => type !== "user");
    if (messages.length === 0) return;
    this.end(events);
    const again: HistoryEvent[] = [];
    for (const message of messages) messageEvents(message, this.#place, again);
    // Most of it was told before: that is no copy of another history.
    const { notes } = this.#place.reading;
    notes.copies -= again.filter(({ id }) =>
      this.#place.reading.seen.has(`gemini-cli ${id}`),
    ).length;
    events.push(...again);
  }
}

function messageEvents(
  message: Fields,
  { agent, reading }: Pick<ReaderPlace, "agent" | "reading">,
  events: HistoryEvent[],
): void {
  const atMs = momentIn(message, "timestamp");
  const id = textIn(message, "id") ?? "";
  switch (message.type) {
    case "user":
      if (agent === undefined && isOfPerson(message)) {
        events.push(personEvent(id, atMs, message.content));
      }
      return;
    case "gemini":
      events.push(answerEvent(message, id, agent, atMs));
      for (const call of listIn(message, "toolCalls"))
        events.push(toolEvent(call, id, agent, atMs));
      return;
    case "info":
    case "error":
    case "warning":
      return;
    default:
      reading.notes.unknownKind("gemini-cli", message.type);
  }
}

/** The answers of tools stand in messages of the same kind. */
function isOfPerson({ content }: Fields): boolean {
  return (
    typeof content === "string" || objectsOf(content).some(({ text }) => typeof text === "string")
  );
}

function answerEvent(
  message: Fields,
  id: string,
  agent: string | undefined,
  atMs: number | undefined,
): HistoryEvent {
  const tokens = fieldsIn(message, "tokens");
  return turnEvent(id, atMs, {
    content: message.content,
    model: textIn(message, "model"),
    responseId: id,
    requestedTools: listIn(message, "toolCalls").length,
    agent,
    inputTokens: countIn(tokens, "input"),
    outputTokens: countIn(tokens, "output"),
    cacheReadTokens: countIn(tokens, "cached"),
    reasoningTokens: countIn(tokens, "thoughts"),
  });
}

function toolEvent(
  call: Fields,
  parent: string,
  agent: string | undefined,
  askedAtMs: number | undefined,
): HistoryEvent {
  const [answer] = objectsOf(call.result);
  const response = fieldsIn(fieldsIn(answer ?? {}, "functionResponse"), "response");
  const tool = textIn(call, "name") ?? "unknown";
  return callEvent(
    {
      id: textIn(call, "id") ?? "",
      tool,
      arguments: call.args,
      parent,
      agent,
      atMs: askedAtMs,
    },
    {
      status: statusOf(call, tool, response),
      result: answer === undefined ? undefined : response,
      atMs: momentIn(call, "timestamp"),
    },
  );
}

function statusOf(call: Fields, tool: string, { output }: Fields): Status {
  const status = STATUSES.get(call.status) ?? "unresolved";
  const isShell = status === "ok" && tool === "run_shell_command" && typeof output === "string";
  return isShell && EXIT_CODE.test(String(output)) ? "error" : status;
}
