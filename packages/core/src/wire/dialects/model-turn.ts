import type { Status } from "../../capture/record.ts";

/** What a model asked for, and for tools of the vendor's own also what came of it. */
export interface ToolRequest {
  readonly id: string;
  readonly name: string;
  /** Parsed where it is JSON, the text as the model wrote it otherwise. */
  readonly arguments: unknown;
  /** The vendor ran the tool itself. */
  readonly outcome?: { readonly status: Status; readonly result?: unknown } | undefined;
}

/** What a later request says of a tool that was asked for. */
export interface ToolAnswer {
  readonly id: string;
  readonly status: Status;
  readonly result: unknown;
}

export interface TurnUsage {
  /** Everything that was read, also through the prompt cache. */
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
  readonly cacheReadTokens?: number | undefined;
  readonly cacheWriteTokens?: number | undefined;
  readonly reasoningTokens?: number | undefined;
}

/** One answer of a model. */
export interface ModelTurn extends TurnUsage {
  readonly responseId?: string | undefined;
  readonly model?: string | undefined;
  readonly finishReason?: string | undefined;
  /** The first 64 Ki characters of what it said; absent when it said nothing. */
  readonly text?: string | undefined;
  readonly requests: readonly ToolRequest[];
  /** The answer says of itself that it is whole, is still being made, or went wrong. */
  readonly state: "whole" | "underway" | "failed";
}

/** What a request tells about the conversation it continues. */
export interface ModelRequest {
  readonly model?: string | undefined;
  readonly offersTools: boolean;
  /** Results that were not in the request before: those after the last turn of the model. */
  readonly answers: readonly ToolAnswer[];
  /** A call of the last turn, as the request repeats it; read only when it is asked for. */
  readonly repeated: (id: string) => ToolRequest | undefined;
  /** What the user said after the last turn of the model. */
  readonly userMessage?: unknown;
  /** What began the conversation; equal in every request of it. */
  readonly opening?: unknown;
  /** The text of the model's last turn, as the request repeats it. */
  readonly lastText?: string | undefined;
  /** Ids of all calls that the history speaks of, oldest first. */
  readonly callIds: readonly string[];
  readonly previousResponseId?: string | undefined;
  /** An id by which vendor or user name the conversation. */
  readonly conversationId?: string | undefined;
}

/** The formats in which a vendor's model is asked and answers. */
export interface Dialect {
  readonly provider: "openai" | "anthropic";
  readRequest(body: unknown): ModelRequest;
  /** Undefined when the body is no answer in this dialect. */
  readAnswer(body: unknown): ModelTurn | undefined;
  openStream(): TurnStream;
}

/** An answer that comes as events. */
export interface TurnStream {
  push(data: string): void;
  /** What came so far. Undefined when no event was one of this dialect. */
  turn(): ModelTurn | undefined;
}
