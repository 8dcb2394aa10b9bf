import { type Adapter, type CallOutcome, plainOfText, type TurnKey } from "@caum/core/adapter";

/** What is read of a prompt in the format of a language model (v4). */
export type ModelPrompt = readonly {
  readonly role: string;
  readonly content: unknown;
}[];

interface ModelUsage {
  readonly inputTokens?: {
    readonly total?: number | undefined;
    readonly cacheRead?: number | undefined;
  };
  readonly outputTokens?: {
    readonly total?: number | undefined;
    readonly reasoning?: number | undefined;
  };
}

/** A part of an answer or of a stream of one. */
interface ModelPart {
  readonly type: string;
  readonly id?: string;
  readonly text?: string;
  readonly delta?: string;
  readonly toolCallId?: string;
  readonly toolName?: string;
  readonly input?: unknown;
  readonly result?: unknown;
  readonly isError?: boolean | undefined;
  readonly modelId?: string;
  readonly usage?: ModelUsage;
  readonly finishReason?: { readonly unified?: string };
}

/** An answer, whole or as far as its stream came. */
export interface ModelContent {
  content: readonly unknown[];
  readonly usage?: ModelUsage;
  readonly finishReason?: { readonly unified?: string };
  readonly response?:
    | { readonly id?: string | undefined; readonly modelId?: string | undefined }
    | undefined;
}

/** Text of an answer that is kept until its end, to be digested. */
const MAX_TEXT = 65_536;

/** What a bare model is asked and answers, told to the merger. */
export class ModelCalls {
  readonly #adapter: Adapter;

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  started(turn: TurnKey, prompt: ModelPrompt, facts: { provider: string; model: string }): void {
    const { calls } = this.#adapter;
    // What stands before the last answer is history, and its ids may come again.
    const news = prompt.slice(prompt.findLastIndex(({ role }) => role === "assistant") + 1);
    for (const message of news) {
      if (message.role === "tool") this.#answered(turn.session, partsOf(message.content));
    }
    const last = prompt.at(-1);
    if (last?.role === "user") {
      calls.observe(turn.session, { kind: "message", role: "user", content: last.content });
    }
    calls.turnStarted(turn, { ...facts, owner: turn.id });
  }

  ended(turn: TurnKey, answer: ModelContent): void {
    const parts = partsOf(answer.content);
    const { usage, response, finishReason } = answer;
    const requested = parts.filter(({ type }) => type === "tool-call");
    const text = parts.map((part) => (part.type === "text" ? (part.text ?? "") : "")).join("");
    this.#adapter.calls.turnEnded(turn, {
      inputTokens: usage?.inputTokens?.total,
      outputTokens: usage?.outputTokens?.total,
      cacheReadTokens: usage?.inputTokens?.cacheRead,
      reasoningTokens: usage?.outputTokens?.reasoning,
      responseId: response?.id,
      finishReason: finishReason?.unified,
      requestedTools: requested.length,
      ...(response?.modelId !== undefined && { model: response.modelId }),
      ...(text !== "" && { content: text }),
    });
    const copies = new Map<string | undefined, number>();
    for (const part of requested) {
      const copy = copies.get(part.toolCallId) ?? 0;
      copies.set(part.toolCallId, copy + 1);
      this.#requested(turn, part, response?.id ?? turn.id, copy);
    }
    for (const part of parts) {
      if (part.type === "tool-result") this.#ended(turn.session, part);
    }
  }

  failed(turn: TurnKey): void {
    this.#adapter.calls.turnFailed(turn.id);
  }

  /** Adds one part of a stream to the answer that it makes. */
  collect(answer: ModelContent, part: unknown): void {
    const [read] = partsOf([part]);
    if (!read) return;
    switch (read.type) {
      case "response-metadata":
        Object.assign(answer, { response: { id: read.id, modelId: read.modelId } });
        break;
      case "finish":
        Object.assign(answer, { usage: read.usage, finishReason: read.finishReason });
        break;
      case "text-delta":
        answer.content = withText(answer.content, read.delta ?? "");
        break;
      case "tool-call":
      case "tool-result":
        answer.content = [...answer.content, read];
    }
  }

  streamDone(turn: TurnKey, answer: ModelContent, how: "ended" | "cancelled" | "failed"): void {
    const { calls } = this.#adapter;
    if (how === "failed") calls.turnFailed(turn.id);
    else if (how === "ended" || answer.finishReason) this.ended(turn, answer);
    else calls.abandoned(turn.id, "cancelled");
  }

  #requested(turn: TurnKey, part: ModelPart, response: string, copy: number): void {
    if (part.toolCallId === undefined) return;
    const key = { session: turn.session, toolCallId: part.toolCallId };
    const values = plainOfText(part.input);
    const tool = part.toolName ?? "unknown";
    const facts = { tool, arguments: values, response, parent: turn.id, copy };
    this.#adapter.calls.requested(key, facts);
  }

  #ended(session: string, part: ModelPart): void {
    if (part.toolCallId === undefined) return;
    const status = part.isError ? "error" : "ok";
    const key = { session, toolCallId: part.toolCallId };
    this.#adapter.calls.ended(key, { status, result: part.result });
  }

  /** History is sent again with every prompt; the merger knows what it has heard. */
  #answered(session: string, parts: readonly ModelPart[]): void {
    for (const part of parts) {
      if (part.type !== "tool-result" || part.toolCallId === undefined) continue;
      const outcome = outcomeOfOutput((part as { readonly output?: Output }).output);
      this.#adapter.calls.answered({ session, toolCallId: part.toolCallId }, outcome);
    }
  }
}

interface Output {
  readonly type?: string;
  readonly value?: unknown;
}

function outcomeOfOutput(output: Output | undefined): Partial<CallOutcome> {
  const result = output?.value;
  if (output?.type === "execution-denied") return { status: "denied" };
  if (output?.type?.startsWith("error-")) return { status: "error", result };
  return { status: "ok", result };
}

function withText(content: readonly unknown[], delta: string): readonly unknown[] {
  const [first, ...rest] = content as readonly ModelPart[];
  const isText = first?.type === "text";
  const before = isText ? (first.text ?? "") : "";
  const text = before.length < MAX_TEXT ? before + delta : before;
  return [{ type: "text", text }, ...(isText ? rest : content)];
}

/** Hosts send arrays of objects here; anything else has no part that could be read. */
function partsOf(content: unknown): readonly ModelPart[] {
  if (!Array.isArray(content)) return [];
  return content.filter((part) => typeof part === "object" && part !== null);
}
