import { createHash, randomUUID } from "node:crypto";
import { currentSession } from "../merge/current-session.ts";
import { RecentMap } from "../merge/recent-map.ts";
import { listOf, objectOf, textOf } from "./dialects/json-field.ts";
import type { Dialect, ModelRequest, ModelTurn } from "./dialects/model-turn.ts";

/** The sessions that calls of one client belong to, as far as its user told. */
export interface ClientScope {
  /** The session of every call that says nothing else. */
  readonly session?: string | undefined;
  /** Calls that offer no tools and continue nothing are of one session. */
  readonly loose: string;
  /** Whose formats the client speaks; any when absent. */
  readonly provider?: Dialect["provider"] | undefined;
}

/** Ids remembered at once: days of a busy server. */
const MAX_REMEMBERED = 20_000;
/** A text this long tells one conversation from another. */
const TELLING_LENGTH = 4_096;

/** A session that nobody named. */
export function newSession(): string {
  return `s-${randomUUID()}`;
}

/**
 * Finds the session of a model call.
 *
 * A model server forgets, so every request repeats its conversation. It is known again by the ids in
 * it, or by how it began and what the model said last; digests of texts stay in memory.
 */
export class Conversations {
  readonly #sessions = new RecentMap<string, string>(MAX_REMEMBERED);

  sessionOf(request: ModelRequest | undefined, scope: ClientScope): string {
    const named = currentSession()?.id ?? scope.session ?? request?.conversationId;
    if (named !== undefined) return named;
    if (request === undefined) return scope.loose;
    return this.#continued(request) ?? begun(request, scope);
  }

  /** Remembers what later requests of the session will repeat. */
  learn(session: string, request: ModelRequest | undefined, turn: ModelTurn): void {
    if (turn.responseId !== undefined) this.#sessions.set(responseKey(turn.responseId), session);
    for (const { id } of turn.requests) this.learnCall(session, id);
    const key = turn.requests.length > 0 ? undefined : spokenKey(request?.opening, turn.text);
    if (key !== undefined) this.#sessions.set(key, session);
  }

  learnCall(session: string, id: string): void {
    this.#sessions.set(callKey(id), session);
  }

  /** The session whose model asked for the call. */
  sessionOfCall(id: string): string | undefined {
    return this.#sessions.get(callKey(id));
  }

  #continued(request: ModelRequest): string | undefined {
    const { previousResponseId, callIds } = request;
    if (previousResponseId !== undefined) {
      const session = this.#sessions.get(responseKey(previousResponseId));
      if (session !== undefined) return session;
    }
    // The latest first; where the server keeps the history, only the answers name the calls.
    const ids = [...callIds, ...request.answers.map(({ id }) => id)];
    for (const id of ids.toReversed()) {
      const session = this.sessionOfCall(id);
      if (session !== undefined) return session;
    }
    const key = spokenKey(request.opening, request.lastText);
    return key === undefined ? undefined : this.#sessions.get(key);
  }
}

/** An agent has tools; what has none is one question among others. */
function begun(request: ModelRequest, scope: ClientScope): string {
  return request.offersTools || request.callIds.length > 0 ? newSession() : scope.loose;
}

function callKey(id: string): string {
  return `call ${id}`;
}

function responseKey(id: string): string {
  return `response ${id}`;
}

function spokenKey(opening: unknown, said: string | undefined): string | undefined {
  const begin = plainText(opening);
  if (begin === undefined || said === undefined) return undefined;
  const hash = createHash("sha256").update(`${begin.length} ${begin.slice(0, TELLING_LENGTH)}`);
  return `text ${hash.update(said.slice(0, TELLING_LENGTH)).digest("base64")}`;
}

function plainText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  const part = listOf(content).find((entry) => textOf(objectOf(entry).text) !== undefined);
  return textOf(objectOf(part).text);
}
