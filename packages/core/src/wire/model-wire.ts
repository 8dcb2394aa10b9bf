import { parseJson } from "../capture/foreign-json.ts";
import type { Status } from "../capture/record.ts";
import type { ClientScope } from "./conversations.ts";
import { type Route, routeOf } from "./dialects/dialects.ts";
import type { ModelTurn } from "./dialects/model-turn.ts";
import { ModelCall, statusOfResponse } from "./model-call.ts";
import type { ModelListener } from "./model-listener.ts";
import { OpenModelCalls } from "./open-model-calls.ts";
import {
  bodyTextOf,
  fingerprintOf,
  retryCountOf,
  type SentRequest,
  timeLimitOf,
} from "./sent-request.ts";
import { type AnswerReader, answerReader } from "./stream/answer-reader.ts";
import { tapResponse } from "./stream/tapped-response.ts";

/** The longest wait before a retry that the SDKs accept from a server, and then some. */
const RETRY_MS = 90_000;
/** A lost connection is tried again after 8 seconds at most. */
const RECONNECT_MS = 15_000;

const TRY_AGAIN: ReadonlySet<number> = new Set([401, 408, 409, 429]);

/**
 * Stands between a client and its `fetch`: what passes is the same, and model calls are read as they
 * pass.
 */
export class ModelWire {
  readonly #listener: ModelListener;
  readonly #clock: () => number;
  readonly #open: OpenModelCalls;

  constructor(listener: ModelListener, clock: () => number = Date.now) {
    this.#listener = listener;
    this.#clock = clock;
    this.#open = new OpenModelCalls(clock);
  }

  /**
   * Sends a request and hands back what sending it answers: the very promise, so that nothing waits
   * for us between the network and the caller.
   */
  pass(sent: SentRequest, send: () => Promise<Response>, scope: ClientScope): Promise<Response> {
    const route = this.#fenced(() => routeOf(sent.method, sent.url, scope.provider));
    if (route === undefined || isInside(sent)) return send();
    // Sent first: while the network is busy there is time to read the request.
    const sending = sendMarked(sent, send);
    const call = this.#fenced(() => this.#callOf(route, sent, scope));
    if (call === undefined) return sending;
    // A fetch of the user's own may answer anything.
    void Promise.resolve(sending).then(
      (response) => this.#fenced(() => this.#read(route, call, sent, response)),
      () => this.#fenced(() => this.#lost(call, sent)),
    );
    return sending;
  }

  /** Gives up on every retry that did not come. */
  settle(): void {
    this.#fenced(() => this.#open.settle());
  }

  /** A retry belongs to the call whose attempt failed before. */
  #callOf(route: Route, sent: SentRequest, scope: ClientScope): ModelCall {
    if (retryCountOf(sent) > 0) {
      const failed = this.#open.take(fingerprintOf(sent));
      if (failed !== undefined) return failed;
    }
    const text = bodyTextOf(sent);
    const body = text === undefined ? undefined : parseJson(text);
    const request = typeof body === "object" ? route.dialect.readRequest(body) : undefined;
    const onEnd = this.#listener.onRequest(route, request, scope);
    return new ModelCall(this.#clock, (outcome) => this.#fenced(() => onEnd(outcome)));
  }

  /** No response came: the client may try again, also after a time limit of its own. */
  #lost(call: ModelCall, sent: SentRequest): void {
    const limit = timeLimitOf(sent);
    const timedOut = limit !== undefined && call.elapsedMs >= limit;
    const stopped = sent.signal?.aborted ? "cancelled" : "error";
    this.#mayRetry(call, sent, { status: timedOut ? "timeout" : stopped }, RECONNECT_MS);
  }

  #mayRetry(
    call: ModelCall,
    sent: SentRequest,
    outcome: { readonly status: Status; readonly responseStatus?: number },
    patienceMs: number,
  ): void {
    this.#open.add(fingerprintOf(sent), call, outcome, patienceMs);
  }

  #read(route: Route, call: ModelCall, sent: SentRequest, response: Response): void {
    if (response.ok) this.#readAnswer(route, call, sent, response);
    else this.#readRefusal(call, sent, response);
  }

  /** The SDKs throw the body of a refusal away when they try again, and read it when they give up. */
  #readRefusal(call: ModelCall, sent: SentRequest, response: Response): void {
    const { status } = response;
    const outcome = { status: statusOfResponse(status), responseStatus: status };
    const over = () => this.#fenced(() => call.end(outcome));
    const mayRetry = () => this.#mayRetry(call, sent, outcome, RETRY_MS);
    const isFinal = status < 500 && !TRY_AGAIN.has(status);
    const tapped =
      !isFinal &&
      tapResponse(response, {
        onChunk: over,
        onEnd: over,
        onError: over,
        onCancel: () => this.#fenced(mayRetry),
      });
    if (isFinal || !tapped) over();
  }

  #readAnswer(route: Route, call: ModelCall, sent: SentRequest, response: Response): void {
    const { status: responseStatus } = response;
    const reader = answerReader(route.dialect, response.headers.get("content-type"));
    const end = (status: Status, turn?: ModelTurn) => call.end({ status, turn, responseStatus });
    const tapped = tapResponse(response, {
      onChunk: (chunk) =>
        this.#fenced(() => {
          if (!call.isOver) reader.push(chunk);
        }),
      onEnd: () => this.#fenced(() => endOfAnswer(reader, "unknown", end)),
      onCancel: () => this.#fenced(() => endOfAnswer(reader, "cancelled", end)),
      onError: () => this.#fenced(() => this.#broken(call, sent, reader, end)),
    });
    // A body that nobody reads has no end: the merging of calls gives it up in its time.
    if (!tapped) end("unknown");
  }

  /** A stream that breaks off is not tried again; a whole body that is too late may be. */
  #broken(
    call: ModelCall,
    sent: SentRequest,
    reader: AnswerReader,
    end: (status: Status, turn?: ModelTurn) => void,
  ): void {
    const status = sent.signal?.aborted ? "cancelled" : "error";
    if (reader.isStream) endOfAnswer(reader, status, end);
    else if (!call.isOver) this.#mayRetry(call, sent, { status }, RECONNECT_MS);
  }

  #fenced<T>(work: () => T): T | undefined {
    try {
      return work();
    } catch {
      try {
        this.#listener.onFailure();
      } catch {
        // Even counting it failed; the host must not notice us.
      }
      return undefined;
    }
  }
}

/** Requests under way, by the signal that the SDKs make for each attempt. */
const underway = new WeakSet<AbortSignal>();

/** A copy of a client may send through a fetch that sends through ours: it is one request. */
function isInside({ signal }: SentRequest): boolean {
  return signal instanceof AbortSignal && underway.has(signal);
}

function sendMarked({ signal }: SentRequest, send: () => Promise<Response>): Promise<Response> {
  if (!(signal instanceof AbortSignal)) return send();
  underway.add(signal);
  const over = () => underway.delete(signal);
  try {
    const sending = send();
    void Promise.resolve(sending).then(over, over);
    return sending;
  } catch (failure) {
    over();
    throw failure;
  }
}

/** @param otherwise what the call is when its answer is not whole */
function endOfAnswer(
  reader: AnswerReader,
  otherwise: Status,
  end: (status: Status, turn?: ModelTurn) => void,
): void {
  const turn = reader.finish();
  // What the reader leaves unread after the last word of the model is no loss.
  if (turn?.state === "whole") end("ok", turn);
  else if (turn?.state === "failed") end("error", turn);
  else if (turn !== undefined && !reader.isStream) end("pending", turn);
  else end(otherwise, turn === undefined ? undefined : { ...turn, requests: [] });
}
