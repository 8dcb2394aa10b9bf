/**
 * Codex: `sessions/Y/M/D/rollout-TIME-THREAD.jsonl`, one file a thread; the threads of sub-agents name
 * the session they belong to. Earlier versions have the items without an envelope.
 *
 * How a call went stands in an event before its output (`*_end`, since 0.160 a completed item), else
 * in the text of the output only.
 */
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  momentIn,
  parsedText,
  textIn,
} from "../fields.ts";
import { memberText } from "../files/file-head.ts";
import { type LineReader, lineFormat, type ReaderPlace } from "../frame/line-format.ts";
import { OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

import { durationMsIn, isAborted, statusOfOutput, withoutWallTime } from "./codex-output.ts";

/** Kinds of items and events in which nothing is about the agent's work. */
const IDLE: ReadonlySet<unknown> = new Set(
  (
    "agent_message_delta agent_reasoning agent_reasoning_raw_content background_event compacted " +
    "compaction context_compacted deprecation_notice entered_review_mode error exec_command_begin " +
    "exited_review_mode ghost_snapshot item_started mcp_startup_complete mcp_tool_call_begin " +
    "patch_apply_begin plan_update reasoning stream_error task_complete task_started " +
    "thread_rolled_back thread_settings_applied turn_aborted turn_complete turn_diff turn_started " +
    "undo_completed view_image_tool_call warning web_search_begin web_search_end world_state"
  ).split(" "),
);
const NO_EVENTS: ReadonlySet<unknown> = new Set(["AgentMessage", "Reasoning", "UserMessage"]);

export const codex = lineFormat({
  name: "codex",
  title: "Codex",
  recognize,
  readerOf: (place) => new CodexReader(place),
});

function recognize({ path, text, first }: FileHead): FilePart | undefined {
  if (!path.endsWith(".jsonl")) return undefined;
  const isEnveloped = /^\{[^{]{0,200}"type":\s*"session_meta"/.test(text);
  const isBare = first.instructions !== undefined && textIn(first, "id", "timestamp") !== undefined;
  if (!isEnveloped && !isBare) return undefined;
  const payload = fieldsIn(first, "payload");
  const thread = textIn(payload, "id") ?? textIn(first, "id") ?? memberText(text, "id") ?? path;
  const session = textIn(payload, "session_id") ?? memberText(text, "session_id") ?? thread;
  const parent = textIn(payload, "parent_thread_id") ?? memberText(text, "parent_thread_id");
  if (parent === undefined && session === thread) return { session };
  return { session: session === thread ? (parent ?? session) : session, agent: thread };
}

interface Verdict {
  readonly status: Status;
  readonly durationMs: number | undefined;
}

class CodexReader implements LineReader {
  readonly #place: ReaderPlace;
  readonly #calls = new OpenCalls();
  /** How calls went, before their outputs. */
  readonly #verdicts = new Map<string, Verdict>();
  #model: string | undefined;
  #atMs: number | undefined;
  #turn = 0;
  /** Whether the calls that follow were asked for by another answer of the model. */
  #isTurnOver = true;
  #requestedTools = 0;
  #said: unknown[] = [];
  #hasUsageRecords = false;
  #totalTokens = -1;
  #ordinal = 0;

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  take(line: Fields, events: HistoryEvent[]): void {
    this.#atMs = momentIn(line, "timestamp") ?? this.#atMs;
    this.#ordinal += 1;
    const { payload } = line;
    switch (line.type) {
      case "session_meta":
        this.#meta(isFields(payload) ? payload : {});
        return;
      case "turn_context":
        this.#model = isFields(payload) ? (textIn(payload, "model") ?? this.#model) : this.#model;
        return;
      case "token_usage_record":
        this.#hasUsageRecords = true;
        this.#endTurn(isFields(payload) ? payload : {}, "usage", events);
        return;
      case "response_item":
      case "event_msg":
        this.#item(isFields(payload) ? payload : {}, events);
        return;
      default:
        if (line.type !== undefined) this.#item(line, events);
    }
  }

  end(events: HistoryEvent[]): void {
    this.#endTurn({}, "usage", events);
    events.push(...this.#calls.rest());
  }

  #meta(payload: Fields): void {
    learnFacts(this.#place.facts, textIn(payload, "cli_version"), textIn(payload, "cwd"));
  }

  #item(item: Fields, events: HistoryEvent[]): void {
    switch (item.type) {
      case "function_call":
      case "custom_tool_call":
      case "local_shell_call":
        this.#ask(item);
        return;
      case "function_call_output":
      case "custom_tool_call_output":
        this.#output(item, events);
        return;
      case "item_completed":
        this.#completed(fieldsIn(item, "item"), events);
        return;
      case "exec_command_end":
      case "mcp_tool_call_end":
      case "patch_apply_end":
        this.#ended(item);
        return;
      case "token_count":
        this.#tokenCount(fieldsIn(item, "info"), events);
        return;
      case "user_message":
        this.#person(item.message, events);
        return;
      case "agent_message":
        return;
      case "message":
        if (item.role === "assistant") this.#said.push(item.content);
        return;
      default:
        if (!IDLE.has(item.type)) this.#place.reading.notes.unknownKind("codex", item.type);
    }
  }

  #ask(item: Fields): void {
    if (this.#isTurnOver) this.#turn += 1;
    this.#isTurnOver = false;
    this.#requestedTools += 1;
    const name = textIn(item, "name") ?? (item.type === "local_shell_call" ? "shell" : "unknown");
    const namespace = textIn(item, "namespace");
    this.#calls.ask({
      id: textIn(item, "call_id", "id") ?? "",
      tool: namespace === undefined ? name : `${namespace}__${name}`,
      arguments: parsedText(item.arguments ?? item.input ?? item.action),
      parent: `${this.#place.agent ?? ""} ${this.#turn}`,
      agent: this.#place.agent,
      atMs: this.#atMs,
    });
  }

  #output(item: Fields, events: HistoryEvent[]): void {
    this.#isTurnOver = true;
    const id = textIn(item, "call_id") ?? "";
    const verdict = this.#verdicts.get(id);
    this.#verdicts.delete(id);
    const result = parsedText(item.output);
    const event = this.#calls.end(id, {
      // The model is only answered that a command was aborted: it may have ended since.
      status: isAborted(result) ? "cancelled" : (verdict?.status ?? statusOfOutput(result)),
      durationMs: verdict?.durationMs,
      result: withoutWallTime(result),
      atMs: this.#atMs,
    });
    if (event !== undefined) events.push(event);
  }

  /** A completed item names the call by its own id. */
  #completed(item: Fields, events: HistoryEvent[]): void {
    if (item.type === "UserMessage") {
      this.#person(item.content, events);
      return;
    }
    if (NO_EVENTS.has(item.type)) return;
    const failed = item.status === "failed" || item.status === "declined";
    const status = item.status === "declined" ? "denied" : failed ? "error" : "ok";
    this.#verdicts.set(textIn(item, "id") ?? "", { status, durationMs: durationMsIn(item) });
  }

  #ended(item: Fields): void {
    const { result } = item;
    const hasFailed =
      (countIn(item, "exit_code") ?? 0) !== 0 ||
      item.success === false ||
      (isFields(result) && (result.Err !== undefined || fieldsIn(result, "Ok").isError === true));
    const id = textIn(item, "call_id") ?? "";
    this.#verdicts.set(id, { status: hasFailed ? "error" : "ok", durationMs: durationMsIn(item) });
  }

  #person(content: unknown, events: HistoryEvent[]): void {
    this.#isTurnOver = true;
    if (this.#place.agent !== undefined) return;
    const id = `${this.#place.agent ?? ""} ${this.#atMs ?? this.#ordinal}`;
    events.push(personEvent(id, this.#atMs, content));
  }

  /** It is written again without anything new, after a change of limits for example. */
  #tokenCount(info: Fields, events: HistoryEvent[]): void {
    if (this.#hasUsageRecords) return;
    const total = countIn(fieldsIn(info, "total_token_usage"), "total_tokens");
    if (total === undefined || total === this.#totalTokens) return;
    this.#totalTokens = total;
    this.#endTurn(info, "last_token_usage", events);
  }

  #endTurn(record: Fields, name: string, events: HistoryEvent[]): void {
    this.#isTurnOver = true;
    const usage = fieldsIn(record, name);
    const hasUsage = countIn(usage, "input_tokens", "output_tokens") !== undefined;
    if (!hasUsage && this.#said.length === 0) return;
    const responseId = textIn(record, "response_id");
    const id = responseId ?? `${this.#place.agent ?? ""} ${this.#atMs ?? this.#ordinal}`;
    events.push(
      turnEvent(id, this.#atMs, {
        content: this.#said,
        model: this.#model,
        responseId,
        requestedTools: this.#requestedTools,
        agent: this.#place.agent,
        inputTokens: countIn(usage, "input_tokens"),
        outputTokens: countIn(usage, "output_tokens"),
        cacheReadTokens: countIn(usage, "cached_input_tokens"),
        reasoningTokens: countIn(usage, "reasoning_output_tokens"),
      }),
    );
    this.#said = [];
    this.#requestedTools = 0;
  }
}
