import { randomUUID } from "node:crypto";
import type { Adapter } from "../merge/adapter.ts";
import type { CallFacts, CallKey } from "../merge/calls/call-facts.ts";
import { fullerIsBusy } from "../merge/process/process-registry.ts";
import { RecentMap } from "../merge/process/recent-map.ts";
import {
  type Asked,
  type AskedCall,
  askedCall,
  askedCalls,
  callAnsweredBy,
} from "./asked-calls.ts";
import {
  type ClientScope,
  Conversations,
  openCallOf,
  type RequestPlace,
  settle,
} from "./conversations.ts";
import type { Route } from "./dialects/dialects.ts";
import type { ModelRequest, ModelTurn, ToolAnswer, ToolRequest } from "./dialects/model-turn.ts";
import type { ModelCallOutcome } from "./model-call.ts";

/** A model call under way, or an answer that is made in the background until somebody fetches it. */
interface Asking {
  readonly place: RequestPlace;
  /** The turn, unique in the process. */
  readonly id: string;
  readonly callCount: number;
  readonly model: string | undefined;
}

/** Where a client stands: below frameworks, above tool servers. */
const LAYER = "model";
const MAX_BACKGROUND = 1_000;

/** Tells an adapter what model calls say: turns, calls of tools, and what came of them. */
export class ModelListener {
  readonly #adapter: Adapter;
  readonly #conversations: Conversations;
  readonly #background = new RecentMap<string, Asking>(MAX_BACKGROUND);

  constructor(adapter: Adapter) {
    this.#adapter = adapter;
    this.#conversations = new Conversations((id) => adapter.observer.hostSession(id));
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
  ): (outcome: ModelCallOutcome) => void {
    if (route.isRetrieval) return (outcome) => this.#retrieved(outcome);
    const place = this.#conversations.placeOf(request, scope);
    const { session } = place.conversation;
    const id = randomUUID();
    if (request !== undefined) this.#hear(place, request);
    const { provider } = route.dialect;
    const model = request?.model;
    this.#adapter.calls.turnStarted({ session, id }, { provider, model, owner: session });
    // The values of the request are gone: what is still needed when the answer comes is this.
    const asking = { place, id, callCount: request?.callCount ?? 0, model };
    return (outcome) => this.#ended(asking, outcome);
  }

  onFailure(): void {
    this.#adapter.failed();
  }

  /** What is new in a request: results of tools, and what the user said. */
  #hear(place: RequestPlace, request: ModelRequest): void {
    const { session } = place.conversation;
    const unheard = request.answers.filter((answer) => !this.#answered(place, answer));
    // A turn that is known has its answers; of another one, this is the first that we hear.
    if (place.turn === undefined) this.#takeUp(place, request, unheard);
    const { userMessage: content } = request;
    // Where a framework is at work above, it tells that itself.
    if (content === undefined || fullerIsBusy(LAYER)) return;
    this.#adapter.calls.observe(session, { kind: "message", role: "user", content });
  }

  /**
   * A tool's result is told: to the model, the upper bound of how long the tool took, or by it.
   *
   * @returns false when no open call is known that it could be of
   */
  #answered(place: RequestPlace, answer: ToolAnswer): boolean {
    const call = openCallOf(place, answer);
    if (call === undefined) return false;
    const { status, result } = answer;
    if (status === "pending") return true;
    settle(place, call);
    const tell = call.isVendors ? "ended" : "answered";
    this.#adapter.calls[tell](keyOf(place, call), { status, result }, factsOf(call));
    return true;
  }

  /** Calls that another process heard of, or nobody: what the request repeats of them is told. */
  #takeUp(place: RequestPlace, request: ModelRequest, answers: readonly ToolAnswer[]): void {
    const said = request.lastTurns().find(({ calls }) => calls.length > 0);
    const news = answers.filter(({ mayBeOld }) => mayBeOld !== true);
    if (said === undefined || news.length === 0) return;
    const turn = randomUUID();
    const calls = said.calls.map((call, at) => askedCall(call, `${turn}/${at}`));
    for (const answer of news) {
      const call = callAnsweredBy(calls, answer);
      if (call === undefined || answer.status === "pending") continue;
      call.isSettled = true;
      const { status, result } = answer;
      const values = said.calls[calls.indexOf(call)]?.arguments;
      const facts = { ...factsOf(call), arguments: values, parent: turn };
      this.#adapter.calls.answered(keyOf(place, call), { status, result }, facts);
    }
    // From now on it is history when it comes again.
    const before = request.callCount - calls.filter(({ isVendors }) => !isVendors).length;
    this.#conversations.learn(place, { texts: [], calls }, before);
  }

  #ended(asking: Asking, outcome: ModelCallOutcome): void {
    const { turn } = outcome;
    const { place, id, model } = asking;
    if (turn?.state === "underway" && outcome.status === "pending") {
      if (turn.responseId !== undefined) this.#background.set(turn.responseId, asking);
      return;
    }
    const asked = turn === undefined ? [] : this.#newCalls(place, turn, id);
    const { session } = place.conversation;
    const ended = { ...turnOutcome(outcome, model), requestedTools: turn && asked.length };
    this.#adapter.calls.turnEnded({ session, id }, ended);
    if (turn === undefined) return;
    for (const [call, request] of asked) this.#requested(asking, call, request, turn);
    for (const result of turn.results) this.#answered(place, result);
    const { responseId, text, otherTexts } = turn;
    const texts = text === undefined ? otherTexts : [text, ...otherTexts];
    const calls = asked.map(([call]) => call);
    const learned = { responseId, texts, calls };
    this.#conversations.learn(place, learned, asking.callCount);
  }

  /** The calls of a turn, without those that a person was asked about before. */
  #newCalls(place: RequestPlace, { requests }: ModelTurn, id: string): Asked[] {
    const unheard = requests.filter(({ approvedAs, outcome }) => {
      if (approvedAs === undefined) return true;
      return !this.#answered(place, { id: approvedAs, ...(outcome ?? { status: "unknown" }) });
    });
    return askedCalls(unheard, id);
  }

  #requested(asking: Asking, call: AskedCall, request: ToolRequest, turn: ModelTurn): void {
    const { place, id } = asking;
    const { calls } = this.#adapter;
    const { session } = place.conversation;
    const key = keyOf(place, call);
    const facts = { ...factsOf(call), server: request.server };
    // Without an id of the vendor's, the turn is known by ours.
    const response = turn.responseId ?? id;
    const values = request.arguments;
    calls.requested(key, { ...facts, arguments: values, response, parent: id, owner: session });
    if (request.needsApproval) calls.pending(key, facts);
    const goesOn = turn.goesOn || request.needsApproval === true;
    const outcome = request.outcome ?? (goesOn ? undefined : { status: "unknown" as const });
    if (!call.isVendors || outcome === undefined) return;
    call.isSettled = true;
    calls.ended(key, outcome, facts);
  }

  /** Only an answer that was begun in this process and has no end yet is news. */
  #retrieved(outcome: ModelCallOutcome): void {
    const id = outcome.turn?.responseId;
    const call = id === undefined ? undefined : this.#background.get(id);
    if (call === undefined || outcome.turn?.state === "underway") return;
    if (id !== undefined) this.#background.delete(id);
    this.#ended(call, outcome);
  }
}

/** A call is known by its place: ids repeat, and are missing. */
function factsOf({ name: tool, place: run }: AskedCall): CallFacts {
  return { tool, run };
}

function keyOf({ conversation }: RequestPlace, { id: toolCallId }: AskedCall): CallKey {
  return { session: conversation.session, toolCallId };
}

function turnOutcome({ status, turn, durationMs }: ModelCallOutcome, asked: string | undefined) {
  const model = turn?.model ?? asked;
  return {
    status,
    role: "assistant" as const,
    durationMs,
    ...(model === undefined ? {} : { model }),
    responseId: turn?.responseId,
    finishReason: turn?.finishReason,
    content: turn?.text,
    inputTokens: turn?.inputTokens,
    outputTokens: turn?.outputTokens,
    cacheReadTokens: turn?.cacheReadTokens,
    cacheWriteTokens: turn?.cacheWriteTokens,
    reasoningTokens: turn?.reasoningTokens,
  };
}
