/**
 * Claude Code: `projects/<folder>/<session>.jsonl`, sub-agents in `<session>/subagents/`, earlier
 * in files beside it or between the lines of the main agent.
 *
 * Each block of a model's answer is a line of its own, with the message's id and its usage again. A
 * fork copies the lines it begins with, with their ids and times.
 */
import { basename, dirname, sep } from "node:path";
import type { Status } from "@caum/core";
import {
  countIn,
  type Fields,
  fieldsIn,
  isFields,
  momentIn,
  objectsOf,
  sumOf,
  textIn,
} from "../fields.ts";
import { memberText } from "../files/file-head.ts";
import { type LineReader, lineFormat, type ReaderPlace } from "../frame/line-format.ts";
import { OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import { learnFacts } from "../frame/tell-once.ts";
import type { FileHead, FilePart, HistoryEvent } from "../history.ts";

/** Kinds of lines in which nothing is about the agent's work. */
const IDLE: ReadonlySet<unknown> = new Set(
  (
    "agent-name ai-title api-request api-request-blob api-request-shape atis-latch attachment " +
    "attribution-snapshot bridge-session content-replacement context-collapse cost-state custom-title " +
    "file-history-delta file-history-snapshot last-prompt marble-origami-commit mode permission-mode " +
    "pr-link progress queue-operation queued-command speculation-accept started-by-agent summary " +
    "system tag task-summary tools-used worktree-state"
  ).split(" "),
);
/** Lines that need not be parsed, by the members that they begin with. */
const IDLE_START =
  /^\{(?:"type":"(?:api-request|api-request-blob|api-request-shape|file-history-snapshot)"|"parentUuid":(?:null|"[^"]*"),"isSidechain":(?:true|false),"(?:attachment":|type":"(?:attachment|progress|system)"))/;
const SUB_AGENT = /^agent-(.+)\.jsonl$/;

export const claudeCode = lineFormat({
  name: "claude-code",
  title: "Claude Code",
  recognize,
  readerOf: (place) => new ClaudeCodeReader(place),
  isIdle: (start) => IDLE_START.test(start),
});

function recognize({ path, text, first }: FileHead): FilePart | undefined {
  if (!path.endsWith(".jsonl") || !isClaudeCode(text, first)) return undefined;
  const name = basename(path);
  const agent = SUB_AGENT.exec(name)?.[1];
  if (agent === undefined) return { session: name.slice(0, -".jsonl".length) };
  const folders = dirname(path).split(sep);
  const at = folders.lastIndexOf("subagents");
  const session = at > 0 ? folders[at - 1] : memberText(text, "sessionId");
  return { session: session ?? agent, agent };
}

function isClaudeCode(text: string, first: Fields): boolean {
  if (text.includes('"isSidechain":') && text.includes('"sessionId":')) return true;
  const isOurs =
    IDLE.has(first.type) && (first.sessionId !== undefined || first.leafUuid !== undefined);
  return isOurs && first.payload === undefined && first.timestamp !== first.id;
}

interface Turn {
  readonly id: string;
  readonly agent: string | undefined;
  readonly model: string | undefined;
  readonly texts: unknown[];
  requestedTools: number;
  usage: Fields;
  atMs: number | undefined;
  finishReason: string | undefined;
}

class ClaudeCodeReader implements LineReader {
  readonly #place: ReaderPlace;
  readonly #calls = new OpenCalls();
  #turn: Turn | undefined;
  /** First line of each inline sub-agent, by the lines that follow from it. */
  readonly #roots = new Map<string, string>();

  constructor(place: ReaderPlace) {
    this.#place = place;
  }

  take(line: Fields, events: HistoryEvent[]): void {
    const { facts, reading } = this.#place;
    if (line.type !== "assistant" && line.type !== "user") {
      if (!IDLE.has(line.type)) reading.notes.unknownKind("claude-code", line.type);
      return;
    }
    learnFacts(facts, textIn(line, "version"), textIn(line, "cwd"));
    if (line.type === "assistant") this.#assistant(line, events);
    else this.#user(line, events);
  }

  end(events: HistoryEvent[]): void {
    this.#endTurn(events);
    events.push(...this.#calls.rest());
  }

  #assistant(line: Fields, events: HistoryEvent[]): void {
    const message = fieldsIn(line, "message");
    // What the program itself says in the model's place, such as an error of the network.
    if (message.model === "<synthetic>") return;
    const id = textIn(message, "id") ?? textIn(line, "uuid") ?? "";
    const agent = this.#agentOf(line);
    if (this.#turn?.id !== id || this.#turn.agent !== agent) this.#endTurn(events);
    this.#turn ??= turnOf(id, agent, message);
    this.#turn.atMs = momentIn(line, "timestamp");
    this.#turn.usage = fieldsIn(message, "usage");
    this.#turn.finishReason = textIn(message, "stop_reason") ?? this.#turn.finishReason;
    for (const block of objectsOf(message.content)) this.#block(block, this.#turn);
  }

  #block(block: Fields, turn: Turn): void {
    if (block.type === "text") turn.texts.push(block.text);
    if (block.type !== "tool_use") return;
    turn.requestedTools += 1;
    this.#calls.ask({
      id: textIn(block, "id") ?? "",
      tool: textIn(block, "name") ?? "unknown",
      arguments: block.input,
      parent: turn.id,
      agent: turn.agent,
      atMs: turn.atMs,
    });
  }

  #user(line: Fields, events: HistoryEvent[]): void {
    this.#endTurn(events);
    const atMs = momentIn(line, "timestamp");
    const { content } = fieldsIn(line, "message");
    const blocks = objectsOf(content);
    let isAnswer = false;
    for (const block of blocks) {
      if (block.type !== "tool_result") continue;
      isAnswer = true;
      const end = { status: statusOf(block, line), result: block.content, atMs };
      const event = this.#calls.end(textIn(block, "tool_use_id") ?? "", end);
      if (event !== undefined) events.push(event);
    }
    if (!isAnswer && this.#isOfPerson(line, content)) {
      events.push(personEvent(`${textIn(line, "uuid") ?? ""} ${atMs ?? ""}`, atMs, content));
    }
  }

  /** Sub-agents are asked by their agent; some lines only look like a person's. */
  #isOfPerson(line: Fields, content: unknown): boolean {
    if (this.#agentOf(line) !== undefined) return false;
    if (line.isMeta === true || line.isCompactSummary === true) return false;
    const [first] = objectsOf(content);
    const text = typeof content === "string" ? content : first?.text;
    if (typeof text !== "string") return first !== undefined;
    return !/^(?:\[Request interrupted by user|<local-command|<bash-std|Caveat: )/.test(text);
  }

  #agentOf(line: Fields): string | undefined {
    const named = this.#place.agent ?? textIn(line, "agentId");
    if (named !== undefined || line.isSidechain !== true) return named;
    const uuid = textIn(line, "uuid") ?? "";
    const root = this.#roots.get(textIn(line, "parentUuid") ?? "") ?? uuid;
    this.#roots.set(uuid, root);
    return root;
  }

  #endTurn(events: HistoryEvent[]): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined) return;
    const { id, agent, model, texts, requestedTools, usage, atMs, finishReason } = turn;
    const read = countIn(usage, "cache_read_input_tokens");
    const written = countIn(usage, "cache_creation_input_tokens");
    events.push(
      turnEvent(id, atMs, {
        provider: "anthropic",
        content: texts,
        model,
        finishReason,
        responseId: id,
        requestedTools,
        agent,
        inputTokens: sumOf(countIn(usage, "input_tokens"), read, written),
        outputTokens: countIn(usage, "output_tokens"),
        cacheReadTokens: read,
        cacheWriteTokens: written,
      }),
    );
  }
}

function turnOf(id: string, agent: string | undefined, message: Fields): Turn {
  return {
    id,
    agent,
    model: textIn(message, "model"),
    texts: [],
    requestedTools: 0,
    usage: {},
    atMs: undefined,
    finishReason: undefined,
  };
}

/** How it says that a call was given up because one beside it failed. */
const CANCELLED = /^<tool_use_error>(?:Cancelled:|Sibling tool call errored)/;
const REJECTED = /^<tool_use_error>(?:InputValidationError|Error: No such tool available)/;
const REFUSED = /^(?:The user doesn't want to (?:proceed|take this action)|Permission to use )/;

function statusOf(block: Fields, line: Fields): Status {
  const { toolUseResult: told } = line;
  if (isFields(told) && told.interrupted === true) return "cancelled";
  if (block.is_error !== true) return "ok";
  if (line.toolDenialKind !== undefined || told === "User rejected tool use") return "denied";
  const text = textOf(block.content);
  if (CANCELLED.test(text)) return "cancelled";
  if (REFUSED.test(text)) return "denied";
  return REJECTED.test(text) ? "rejected" : "error";
}

function textOf(content: unknown): string {
  const text = typeof content === "string" ? content : objectsOf(content)[0]?.text;
  return typeof text === "string" ? text : "";
}
