import type { Status } from "../../capture/record.ts";

/** What a model asked for, and for tools of the vendor's own also what came of it. */
export interface ToolRequest {
  /** Absent where a server leaves it out; not always unique where it does not. */
  readonly id?: string | undefined;
  readonly name: string;
  /** Parsed where it is JSON, the text as the model wrote it otherwise. */
  readonly arguments: unknown;
  /** The tool server that the vendor asks. */
  readonly server?: string | undefined;
  /** Which of several answers to choose from asks for it; the first when absent. */
  readonly choice?: number | undefined;
  /** The vendor runs the tool itself. */
  readonly isVendors?: boolean | undefined;
  /** The vendor runs it when a person agrees. */
  readonly needsApproval?: boolean | undefined;
  /** The id under which a person was asked, when one was. */
  readonly approvedAs?: string | undefined;
  readonly outcome?: ToolOutcome | undefined;
}

export interface ToolOutcome {
  readonly status: Status;
  readonly result?: unknown;
}

/**
 * What is said of a tool that was asked for before: by a later request, or by a later answer for a
 * tool of the vendor's own. `pending`: a person agreed, and nothing more is known.
 */
export interface ToolAnswer extends ToolOutcome {
  readonly id?: string | undefined;
  /** In place of an id, in formats that have none. */
  readonly name?: string | undefined;
  /** A model's call stands after it: perhaps it was told in an earlier request. */
  readonly mayBeOld?: boolean | undefined;
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
  /** What it said in the other answers to choose from. */
  readonly otherTexts: readonly string[];
  readonly requests: readonly ToolRequest[];
  /** Of tools of the vendor's own that an earlier answer asked for. */
  readonly results: readonly ToolAnswer[];
  /** A later answer may bring results of the vendor's tools. */
  readonly goesOn: boolean;
  /** The answer says of itself that it is whole, is still being made, or went wrong. */
  readonly state: "whole" | "underway" | "failed";
}

/** A turn of the model as a request repeats it. */
export interface SaidTurn {
  readonly text?: string | undefined;
  /** Its calls; those of the vendor's own tools are marked. */
  readonly calls: readonly ToolRequest[];
}

/** What a request tells about the conversation it continues. */
export interface ModelRequest {
  readonly model?: string | undefined;
  readonly offersTools: boolean;
  /** Results of tools after the last turn of the model, oldest first. */
  readonly answers: readonly ToolAnswer[];
  /** What the user said after the last turn of the model. */
  readonly userMessage?: unknown;
  /** What began the conversation; equal in every request of it. */
  readonly opening?: unknown;
  /**
   * The last turn of the model; before it what stands at the very end, which may be a turn that goes
   * on or words that the caller puts into the model's mouth.
   */
  readonly lastTurns: () => readonly SaidTurn[];
  /** Calls of the history, the latest first. */
  readonly callsBackwards: () => Iterable<ToolRequest>;
  /** How many calls the history speaks of. */
  readonly callCount: number;
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
