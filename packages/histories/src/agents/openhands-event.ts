/** The events of a conversation of OpenHands, in their order. */
import type { Status } from "@caum/core";
import { countIn, type Fields, fieldsIn, momentIn, parsedText, textIn } from "../fields.ts";
import { type CallEnd, OpenCalls } from "../frame/open-calls.ts";
import { personEvent, turnEvent } from "../frame/speech.ts";
import type { HistoryEvent } from "../history.ts";
import type { Notes } from "../notes.ts";

/** Kinds of events in which nothing is about the agent's work. */
const IDLE: ReadonlySet<unknown> = new Set(
  (
    "Condensation CondensationRequest CondensationSummaryEvent ConversationErrorEvent " +
    "ConversationStateUpdateEvent HookExecutionEvent InterruptEvent LLMCompletionLogEvent PauseEvent " +
    "ResumeTranscriptEvent StreamingDeltaEvent SystemPromptEvent SystemPromptUpdateEvent TokenEvent"
  ).split(" "),
);

interface Turn {
  readonly id: string;
  readonly atMs: number | undefined;
  readonly content: unknown;
  requestedTools: number;
}

/** Takes events one by one; a turn is given out when all of its calls are known. */
export class OpenHandsReader {
  readonly #usages: ReadonlyMap<string, Fields>;
  readonly #notes: Notes;
  readonly #calls = new OpenCalls();
  /** Held until all of its calls are known. */
  #turn: Turn | undefined;

  constructor(usages: ReadonlyMap<string, Fields>, notes: Notes) {
    this.#usages = usages;
    this.#notes = notes;
  }

  take(event: Fields, events: HistoryEvent[]): void {
    const atMs = momentIn(event, "timestamp");
    switch (event.kind) {
      case "ActionEvent":
        this.#ask(event, atMs, events);
        return;
      case "ObservationEvent": {
        const observation = fieldsIn(event, "observation");
        this.#answer(
          event,
          { status: statusOf(observation), result: told(observation), atMs },
          events,
        );
        return;
      }
      case "AgentErrorEvent":
        this.#answer(event, { status: "error", result: event.error, atMs }, events);
        return;
      case "UserRejectObservation":
        this.#answer(event, { status: "denied", result: event.rejection_reason, atMs }, events);
        return;
      case "MessageEvent":
        this.#message(event, atMs, events);
        return;
      default:
        if (!IDLE.has(event.kind)) this.#notes.unknownKind("openhands", event.kind);
    }
  }

  end(): readonly HistoryEvent[] {
    const events: HistoryEvent[] = [];
    this.#endTurn(events);
    return [...events, ...this.#calls.rest()];
  }

  /** Each call of an answer is an event of its own, with the answer's id. */
  #ask(event: Fields, atMs: number | undefined, events: HistoryEvent[]): void {
    const id = textIn(event, "llm_response_id", "id") ?? "";
    if (this.#turn?.id !== id) {
      this.#endTurn(events);
      this.#turn = { id, atMs, content: event.thought, requestedTools: 0 };
    }
    this.#turn.requestedTools += 1;
    const call = fieldsIn(event, "tool_call");
    this.#calls.ask({
      id: textIn(event, "tool_call_id") ?? textIn(call, "id") ?? "",
      tool: textIn(event, "tool_name") ?? textIn(call, "name") ?? "unknown",
      // The model's own words beside the arguments (why, how risky) stand in the call only.
      arguments: event.action ?? parsedText(call.arguments),
      parent: id,
      atMs,
    });
  }

  #answer(event: Fields, end: CallEnd, events: HistoryEvent[]): void {
    this.#endTurn(events);
    const answered = this.#calls.end(textIn(event, "tool_call_id") ?? "", end);
    if (answered !== undefined) events.push(answered);
  }

  #message(event: Fields, atMs: number | undefined, events: HistoryEvent[]): void {
    this.#endTurn(events);
    const { content } = fieldsIn(event, "llm_message");
    const id = textIn(event, "id") ?? "";
    if (event.source === "user") events.push(personEvent(id, atMs, content));
    else if (event.source === "agent") {
      this.#turn = { id: textIn(event, "llm_response_id") ?? id, atMs, content, requestedTools: 0 };
    }
  }

  #endTurn(events: HistoryEvent[]): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (turn === undefined) return;
    const { id, atMs, content, requestedTools } = turn;
    const usage = this.#usages.get(id) ?? {};
    events.push(
      turnEvent(id, atMs, {
        content,
        requestedTools,
        responseId: id,
        model: textIn(usage, "model"),
        inputTokens: countIn(usage, "prompt_tokens"),
        outputTokens: countIn(usage, "completion_tokens"),
        cacheReadTokens: countIn(usage, "cache_read_tokens"),
        cacheWriteTokens: countIn(usage, "cache_write_tokens"),
        reasoningTokens: countIn(usage, "reasoning_tokens"),
      }),
    );
  }
}

/** A command that still runs when it is answered has the exit code -1. */
function statusOf(observation: Fields): Status {
  const code =
    countIn(observation, "exit_code") ?? countIn(fieldsIn(observation, "metadata"), "exit_code");
  return observation.is_error === true || (code ?? 0) !== 0 ? "error" : "ok";
}

/** What the model was told, without what the environment says beside it: that differs each time. */
function told(observation: Fields): unknown {
  return observation.content ?? observation;
}
