import { randomUUID } from "node:crypto";
import type { Adapter } from "../merge/adapter.ts";
import { fullerIsBusy } from "../merge/process-registry.ts";
import { RecentMap } from "../merge/recent-map.ts";
import { type ClientScope, Conversations } from "./conversations.ts";
import type { Route } from "./dialects/dialects.ts";
import type { ModelRequest, ToolAnswer } from "./dialects/model-turn.ts";
import type { CallOutcome } from "./model-call.ts";

/** An answer that is made in the background, until somebody fetches it. */
interface Background {
  readonly session: string;
  readonly id: string;
  readonly request: ModelRequest | undefined;
}

/** Where a client stands: below frameworks, above tool servers. */
const LAYER = "model";
const MAX_BACKGROUND = 1_000;

/** Tells an adapter what model calls say: turns, calls of tools, and what came of them. */
export class ModelListener {
  readonly #adapter: Adapter;
  readonly #conversations = new Conversations();
  readonly #background = new RecentMap<string, Background>(MAX_BACKGROUND);

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
  }

  /**
   * A call begins.
   *
   * @param request what the request says; undefined when it could not be read
   * @returns told how the call ended, exactly once
   */
  onRequest(
    route: Route,
    request: ModelRequest | undefined,
    scope: ClientScope,
  ): (outcome: CallOutcome) => void {
    if (route.isRetrieval) return (outcome) => this.#retrieved(outcome);
    const session = this.#conversations.sessionOf(request, scope);
    const id = randomUUID();
    for (const answer of request?.answers ?? []) this.#answered(session, answer, request);
    this.#heard(session, request?.userMessage);
    const { provider } = route.dialect;
    this.#adapter.calls.turnStarted(
      { session, id },
      { provider, model: request?.model, owner: session },
    );
    const kept = request && withoutNews(request);
    return (outcome) => this.#ended({ session, id, request: kept }, outcome);
  }

  /** What the user said; where a framework is at work above, it tells that itself. */
  #heard(session: string, content: unknown): void {
    if (content === undefined || fullerIsBusy(LAYER)) return;
    this.#adapter.calls.observe(session, { kind: "message", role: "user", content });
  }

  onFailure(): void {
    this.#adapter.failed();
  }

  /** A tool's result is told to the model: the upper bound of how long the tool took. */
  #answered(session: string, answer: ToolAnswer, request: ModelRequest | undefined): void {
    const { id, status, result } = answer;
    const known = this.#conversations.sessionOfCall(id);
    const call = known ? undefined : request?.repeated(id);
    const facts = call && { tool: call.name, arguments: call.arguments };
    // From now on it is history when it comes again.
    if (call !== undefined) this.#conversations.learnCall(session, id);
    this.#adapter.calls.answered(
      { session: known ?? session, toolCallId: id },
      { status, result },
      facts,
    );
  }

  #ended(call: Background, outcome: CallOutcome): void {
    const { turn } = outcome;
    if (turn?.state === "underway" && outcome.status === "pending") {
      if (turn.responseId !== undefined) this.#background.set(turn.responseId, call);
      return;
    }
    const { session, id, request } = call;
    const { calls } = this.#adapter;
    calls.turnEnded({ session, id }, turnOutcome(outcome, request));
    if (turn === undefined) return;
    for (const { id: toolCallId, name: tool, arguments: values, outcome: ended } of turn.requests) {
      const key = { session, toolCallId };
      calls.requested(key, {
        tool,
        arguments: values,
        response: turn.responseId,
        owner: session,
      });
      if (ended !== undefined) calls.ended(key, ended);
    }
    this.#conversations.learn(session, request, turn);
  }

  /** Only an answer that was begun in this process and has no end yet is news. */
  #retrieved(outcome: CallOutcome): void {
    const id = outcome.turn?.responseId;
    const call = id === undefined ? undefined : this.#background.get(id);
    if (call === undefined || outcome.turn?.state === "underway") return;
    if (id !== undefined) this.#background.delete(id);
    this.#ended(call, outcome);
  }
}

function turnOutcome({ status, turn, durationMs }: CallOutcome, request: ModelRequest | undefined) {
  const model = turn?.model ?? request?.model;
  return {
    status,
    role: "assistant" as const,
    durationMs,
    ...(model === undefined ? {} : { model }),
    responseId: turn?.responseId,
    finishReason: turn?.finishReason,
    content: turn?.text,
    requestedTools: turn?.requests.length,
    inputTokens: turn?.inputTokens,
    outputTokens: turn?.outputTokens,
    cacheReadTokens: turn?.cacheReadTokens,
    cacheWriteTokens: turn?.cacheWriteTokens,
    reasoningTokens: turn?.reasoningTokens,
  };
}

/** What is still needed when the answer has come; the values of the request are gone. */
function withoutNews(request: ModelRequest): ModelRequest {
  return {
    ...request,
    answers: [],
    repeated: () => undefined,
    userMessage: undefined,
    callIds: [],
  };
}
