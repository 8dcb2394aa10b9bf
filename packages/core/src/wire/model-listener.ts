import { randomUUID } from "node:crypto";
import { costOf, type PriceTable } from "../capture/price-table.ts";
import type { Adapter } from "../merge/adapter.ts";
import { RecentMap } from "../merge/recent-map.ts";
import { type ClientScope, Conversations } from "./conversations.ts";
import type { Route } from "./dialects.ts";
import type { CallOutcome } from "./model-call.ts";
import type { ModelRequest, ToolAnswer } from "./model-turn.ts";

/** An answer that is made in the background, until somebody fetches it. */
interface Background {
  readonly session: string;
  readonly id: string;
  readonly request: ModelRequest | undefined;
}

const MAX_BACKGROUND = 1_000;
const USD_PER_NANO_USD = 1e-9;

/** Tells an adapter what model calls say: turns, calls of tools, and what came of them. */
export class ModelListener {
  readonly #adapter: Adapter;
  readonly #prices: PriceTable | undefined;
  readonly #conversations = new Conversations();
  readonly #background = new RecentMap<string, Background>(MAX_BACKGROUND);

  constructor(adapter: Adapter, prices: PriceTable | undefined) {
    this.#adapter = adapter;
    this.#prices = prices;
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
    if (request?.userMessage !== undefined) {
      const content = request.userMessage;
      this.#adapter.calls.observe(session, { kind: "message", role: "user", content });
    }
    const { provider } = route.dialect;
    this.#adapter.calls.turnStarted(
      { session, id },
      { provider, model: request?.model, owner: session },
    );
    const kept = request && withoutNews(request);
    return (outcome) => this.#ended({ session, id, request: kept }, outcome);
  }

  onFailure(): void {
    this.#adapter.failed();
  }

  /** A tool's result is told to the model: the upper bound of how long the tool took. */
  #answered(session: string, answer: ToolAnswer, request: ModelRequest | undefined): void {
    const { id, status, result } = answer;
    const known = this.#conversations.sessionOfCall(id);
    const call = known ? undefined : request?.repeated.find((repeated) => repeated.id === id);
    const facts = call && { tool: call.name, arguments: call.arguments };
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
    calls.turnEnded({ session, id }, this.#turnOutcome(outcome, request));
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

  #turnOutcome({ status, turn, durationMs }: CallOutcome, request: ModelRequest | undefined) {
    const model = turn?.model ?? request?.model;
    const cost = turn && costOf(model, turn, this.#prices);
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
      costUsd: cost === undefined ? undefined : cost * USD_PER_NANO_USD,
    };
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

/** What is still needed when the answer has come; the values of the request are gone. */
function withoutNews(request: ModelRequest): ModelRequest {
  return { ...request, answers: [], repeated: [], userMessage: undefined, callIds: [] };
}
