/** A sample of Inspect: its events, in which texts that are long or repeated stand beside. */
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  listIn,
  momentIn,
  sumOf,
  textIn,
} from "../fields.ts";
import { callEvent } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import type { HistoryEvent } from "../history.ts";
import type { Notes } from "../notes.ts";

/** Kinds of events in which nothing is about the agent's work. */
const IDLE: ReadonlySet<unknown> = new Set(
  (
    "anchor approval branch checkpoint compaction error info input interrupt logger sample_limit " +
    "sandbox score score_edit span_end state step store subtask"
  ).split(" "),
);
const STATUSES: ReadonlyMap<unknown, Status> = new Map([
  ["approval", "denied"],
  ["parsing", "rejected"],
]);
const ATTACHMENT = "attachment://";
/** Events of a tool may hold events of the agent that it is. */
const DEEPEST = 8;

/** By the time at which each was over. */
export function sampleEvents(
  sample: Fields,
  session: string,
  notes: Notes,
): readonly HistoryEvent[] {
  const events = listIn(sample, "events");
  if (events.length === 0) notes.unknownKind("inspect", "sample without events");
  const reader = new SampleReader(fieldsIn(sample, "attachments"), session, notes);
  reader.take(events, undefined, 0);
  return reader.events.sort((a, b) => (a.atMs ?? 0) - (b.atMs ?? 0));
}

class SampleReader {
  readonly events: HistoryEvent[] = [];
  readonly #attachments: Fields;
  readonly #session: string;
  readonly #notes: Notes;
  /** Spans by their ids: the one above, and whose work is in them where it is another agent's. */
  readonly #spans = new Map<string, string | undefined>();
  /** The latest turn of each agent. */
  readonly #turns = new Map<string | undefined, string>();
  #ordinal = 0;

  constructor(attachments: Fields, session: string, notes: Notes) {
    this.#attachments = attachments;
    this.#session = session;
    this.#notes = notes;
  }

  take(events: readonly Fields[], agent: string | undefined, depth: number): void {
    for (const event of events) {
      this.#ordinal += 1;
      const own = agent ?? this.#spans.get(textIn(event, "span_id") ?? "");
      switch (event.event) {
        case "span_begin":
          this.#span(event);
          break;
        case "sample_init":
          this.#asked(event);
          break;
        case "model":
          this.#turn(event, own);
          break;
        case "tool":
          this.#call(event, own);
          if (depth < DEEPEST) this.take(listIn(event, "events"), textIn(event, "id"), depth + 1);
          break;
        default:
          if (!IDLE.has(event.event)) this.#notes.unknownKind("inspect", event.event);
      }
    }
  }

  /** What a tool does inside, and what a scorer asks a model, is not the main agent's. */
  #span(event: Fields): void {
    const id = textIn(event, "id") ?? "";
    const above = this.#spans.get(textIn(event, "parent_id") ?? "");
    const isOther = event.type === "tool" || event.type === "scorer";
    this.#spans.set(id, isOther ? id : above);
  }

  #asked(event: Fields): void {
    const { input } = fieldsIn(event, "sample");
    const content = this.#whole(input);
    this.events.push(personEvent(this.#session, momentIn(event, "timestamp"), content));
  }

  #turn(event: Fields, agent: string | undefined): void {
    const id = textIn(event, "uuid") ?? `${this.#session} ${this.#ordinal}`;
    this.#turns.set(agent, id);
    const output = fieldsIn(event, "output");
    const message = fieldsIn(listIn(output, "choices")[0] ?? {}, "message");
    const usage = fieldsIn(output, "usage");
    const read = countIn(usage, "input_tokens_cache_read");
    const written = countIn(usage, "input_tokens_cache_write");
    this.events.push(
      turnEvent(id, momentIn(event, "completed", "timestamp"), {
        content: this.#whole(message.content),
        model: textIn(event, "model"),
        responseId: id,
        requestedTools: listIn(message, "tool_calls").length,
        agent,
        inputTokens: inputIn(usage, read, written),
        outputTokens: countIn(usage, "output_tokens"),
        cacheReadTokens: read,
        cacheWriteTokens: written,
        reasoningTokens: countIn(usage, "reasoning_tokens"),
      }),
    );
  }

  #call(event: Fields, agent: string | undefined): void {
    const error = fieldsIn(event, "error");
    const hasFailed = isFields(event.error) || event.failed === true;
    const isOpen = event.pending === true;
    const seconds = countIn(event, "working_time");
    const call = callEvent(
      {
        id: textIn(event, "id") ?? "",
        tool: textIn(event, "function") ?? "unknown",
        arguments: this.#whole(event.arguments),
        parent: this.#turns.get(agent),
        agent,
        atMs: momentIn(event, "timestamp"),
      },
      {
        status: hasFailed ? (STATUSES.get(error.type) ?? "error") : isOpen ? "unresolved" : "ok",
        result: isOpen ? undefined : this.#whole(hasFailed ? error.message : event.result),
        atMs: momentIn(event, "completed", "timestamp"),
        durationMs: seconds === undefined ? undefined : seconds * 1_000,
      },
    );
    this.events.push({ ...call, id: `${call.id} ${this.#session}` });
  }

  /** With the texts that stand beside in their places, as deep as arguments and answers have them. */
  #whole(value: unknown): unknown {
    if (typeof value === "string") {
      if (!value.startsWith(ATTACHMENT)) return value;
      return this.#attachments[value.slice(ATTACHMENT.length)] ?? value;
    }
    if (Array.isArray(value)) return value.map((item) => this.#members(item));
    return this.#members(value);
  }

  #members(value: unknown): unknown {
    if (!isFields(value)) return value;
    return Object.fromEntries(
      Object.entries(value).map(([name, member]) => [
        name,
        typeof member === "string" ? this.#whole(member) : member,
      ]),
    );
  }
}

/** Cached tokens are inside the input or beside it, by model: the total tells. */
function inputIn(
  usage: Fields,
  read: number | undefined,
  written: number | undefined,
): number | undefined {
  const input = countIn(usage, "input_tokens");
  const beside = sumOf(input, read, written);
  const total = countIn(usage, "total_tokens");
  const isBeside = total === sumOf(beside, countIn(usage, "output_tokens"));
  return isBeside ? beside : input;
}
