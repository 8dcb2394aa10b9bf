import { hash, randomUUID } from "node:crypto";
import { currentSession } from "../merge/process/current-session.ts";
import { RecentMap } from "../merge/process/recent-map.ts";
import { type AskedCall, askedCall, callAnsweredBy, traceOf } from "./asked-calls.ts";
import { listOf, objectOf, textOf } from "./dialects/json-field.ts";
import type { Dialect, ModelRequest, ToolAnswer } from "./dialects/model-turn.ts";

/** The sessions that calls of one client belong to, as far as its user told. */
export interface ClientScope {
  /** The session of every call that says nothing else. */
  readonly session?: string | undefined;
  /** Calls that offer no tools and continue nothing are of one session. */
  readonly loose: string;
  /** Whose formats the client speaks; any when absent. */
  readonly provider?: Dialect["provider"] | undefined;
}

/** One exchange with a model: a session may hold several, side by side. */
export interface Conversation {
  readonly session: string;
  /** Calls without an outcome so far, the latest turn's last. */
  readonly open: AskedCall[];
}

/** A turn of a model that a later request may continue. */
export interface KnownTurn {
  readonly conversation: Conversation;
  readonly calls: readonly AskedCall[];
  /** How many calls were before it and in it. */
  readonly depth: number;
  /** When a request continued it last, as a count; 0 while none did. */
  continued: number;
}

/** What there is to know a turn again by. */
export interface LearnedTurn {
  readonly responseId?: string | undefined;
  readonly texts: readonly string[];
  readonly calls: readonly AskedCall[];
}

/** A request's place: the turn it continues, where that is known. */
export interface RequestPlace {
  readonly conversation: Conversation;
  /** A digest of how the conversation began; what stays of it. */
  readonly opening: string;
  readonly turn?: KnownTurn | undefined;
}

/** A request that is looked for: who it may be of, and how its conversation began. */
interface Sought {
  readonly request: ModelRequest;
  readonly session: string | undefined;
  readonly opening: string;
}

/** Names of turns remembered at once: days of a busy server. */
const MAX_REMEMBERED = 20_000;
/** Turns with the same name, in conversations that look alike. */
const MAX_ALIKE = 16;
const MAX_OPEN_CALLS = 1_024;
/** How far back a call is looked for that nobody can know by the last turn. */
const MAX_CALLS_TRIED = 64;
/** A text this long tells one conversation from another. */
const TELLING_LENGTH = 4_096;

/** A session that nobody named. */
export function newSession(): string {
  return `s-${randomUUID()}`;
}

/**
 * Finds the conversation of a model call.
 *
 * A model server forgets, so every request repeats its conversation. It is known again by how it
 * began and what the model said or asked for last; ids tell it from others that look the same, but
 * alone they do not: servers count them from 0. Digests of texts stay in memory.
 */
export class Conversations {
  readonly #turns = new RecentMap<string, readonly KnownTurn[]>(MAX_REMEMBERED);
  readonly #sessionOf: (hostId: string) => string;
  #continued = 0;

  /** @param sessionOf the session that an id in a request stands for */
  constructor(sessionOf: (hostId: string) => string) {
    this.#sessionOf = sessionOf;
  }

  placeOf(request: ModelRequest | undefined, scope: ClientScope): RequestPlace {
    const named = currentSession()?.id ?? scope.session ?? this.#namedIn(request);
    const opening = request === undefined ? "" : openingOf(request);
    const found = request && this.#find({ request, session: named, opening });
    if (found !== undefined) return { ...found, opening };
    const session = named ?? (request && begins(request) ? newSession() : scope.loose);
    return { conversation: { session, open: [] }, opening };
  }

  #namedIn(request: ModelRequest | undefined): string | undefined {
    const id = request?.conversationId;
    return id === undefined ? undefined : this.#sessionOf(id);
  }

  /** Remembers a turn at a place by what later requests will repeat of it. */
  learn({ conversation, opening }: RequestPlace, turn: LearnedTurn, callsBefore: number): void {
    const { calls, texts, responseId } = turn;
    const asked = calls.filter(({ isVendors }) => !isVendors);
    const depth = callsBefore + asked.length;
    const known = { conversation, calls, depth, continued: 0 };
    if (responseId !== undefined) this.#remember(`response ${responseId}`, known);
    for (const name of namesOf(opening, texts, calls)) this.#remember(name, known);
    for (const { ids, trace } of calls) {
      for (const id of ids) {
        this.#remember(`call ${id} ${trace}`, known);
        this.#remember(`id ${id}`, known);
        if (opening !== "") this.#remember(`id ${id} ${opening}`, known);
      }
    }
    const { open } = conversation;
    open.push(...calls.filter(({ isSettled }) => !isSettled));
    if (open.length > MAX_OPEN_CALLS) open.splice(0, open.length - MAX_OPEN_CALLS);
  }

  #remember(name: string, turn: KnownTurn): void {
    const alike = this.#turns.get(name) ?? [];
    if (alike.at(-1) === turn) return;
    this.#turns.set(name, [...alike.slice(1 - MAX_ALIKE), turn]);
  }

  #find(sought: Sought): Omit<RequestPlace, "opening"> | undefined {
    const turn = this.#byResponse(sought) ?? this.#byLastTurn(sought);
    if (turn !== undefined) {
      this.#continued += 1;
      turn.continued = this.#continued;
      return { conversation: turn.conversation, turn };
    }
    const conversation = this.#byCalls(sought) ?? this.#byAnswers(sought);
    return conversation && { conversation };
  }

  #named(name: string, session: string | undefined): readonly KnownTurn[] {
    const turns = this.#turns.get(name) ?? [];
    return session === undefined
      ? turns
      : turns.filter(({ conversation }) => conversation.session === session);
  }

  #byResponse({ request, session }: Sought): KnownTurn | undefined {
    const { previousResponseId: id } = request;
    return id === undefined ? undefined : this.#named(`response ${id}`, session).at(-1);
  }

  /** Of turns that look the same, the one with the same id, as deep, that nobody continued yet. */
  #byLastTurn({ request, session, opening }: Sought): KnownTurn | undefined {
    for (const said of request.lastTurns()) {
      const calls = said.calls.map((call, at) => askedCall(call, String(at)));
      const texts = said.text === undefined ? [] : [said.text];
      const [name] = namesOf(opening, texts, calls);
      const last = lastOf(calls);
      const alike = name === undefined ? [] : this.#named(name, session);
      const fitting = alike.filter((turn) => isSameCall(lastLike(turn.calls, last), last));
      const [best] = fitting.toReversed().sort((a, b) => preference(a, b, request.callCount));
      if (best === undefined) continue;
      adoptIds(best, calls);
      return best;
    }
    return undefined;
  }

  /** Clients shorten what came before, or write arguments anew: a call is known by its id and one of both then. */
  #byCalls({ request, session, opening }: Sought): Conversation | undefined {
    let tried = 0;
    for (const call of request.callsBackwards()) {
      if (call.id !== undefined) {
        const found =
          onlyOne(this.#named(`call ${call.id} ${traceOf(call)}`, session)) ??
          onlyOne(this.#named(`id ${call.id} ${opening}`, session));
        if (found !== undefined) return found;
      }
      tried += 1;
      if (tried === MAX_CALLS_TRIED) return undefined;
    }
    return undefined;
  }

  /** Where the server keeps the history, only the answers name the calls. */
  #byAnswers({ request, session }: Sought): Conversation | undefined {
    if (request.callCount > 0) return undefined;
    for (const answer of request.answers.toReversed()) {
      if (answer.id === undefined) continue;
      const asking = this.#named(`id ${answer.id}`, session);
      const waiting = asking.filter(({ calls }) => callAnsweredBy(calls, answer) !== undefined);
      const found = session === undefined ? onlyOne(asking) : waiting.at(-1)?.conversation;
      if (found !== undefined) return found;
    }
    return undefined;
  }
}

/** The open call of a conversation that an answer is of: in the turn that it continues, or before. */
export function openCallOf(
  { conversation, turn }: RequestPlace,
  answer: Pick<ToolAnswer, "id" | "name">,
): AskedCall | undefined {
  const here = turn && callAnsweredBy(turn.calls, answer);
  if (here !== undefined || answer.id === undefined) return here;
  return conversation.open.findLast(({ ids }) => ids.includes(answer.id ?? ""));
}

/** The call has its outcome. */
export function settle({ conversation }: RequestPlace, call: AskedCall): void {
  call.isSettled = true;
  const at = conversation.open.indexOf(call);
  if (at >= 0) conversation.open.splice(at, 1);
}

function openingOf({ opening }: Pick<ModelRequest, "opening">): string {
  const text = plainText(opening);
  if (text === undefined) return "";
  return digestOf(`${text.length} ${text.slice(0, TELLING_LENGTH)}`);
}

/** An agent has tools; what has none is one question among others. */
function begins(request: ModelRequest): boolean {
  return request.offersTools || request.callCount > 0;
}

/** The names of a turn: each of its answers to choose from has one. */
function namesOf(
  opening: string,
  texts: readonly string[],
  calls: readonly AskedCall[],
): readonly string[] {
  const lasts = new Map(calls.filter(isCallers).map(({ choice, trace }) => [choice, trace]));
  const vendors = texts.length > 0 ? [] : calls.filter((call) => !isCallers(call)).slice(-1);
  return [
    ...[...lasts.values(), ...vendors.map(({ trace }) => trace)].map(
      (trace) => `calls ${opening} ${trace}`,
    ),
    // Two conversations without an opening would be told apart by nothing.
    ...(opening === "" ? [] : texts).map(
      (text) => `says ${opening} ${digestOf(text.slice(0, TELLING_LENGTH))}`,
    ),
  ];
}

function isCallers({ isVendors }: AskedCall): boolean {
  return !isVendors;
}

function lastOf(calls: readonly AskedCall[]): AskedCall | undefined {
  return calls.findLast(isCallers) ?? calls.at(-1);
}

function lastLike(calls: readonly AskedCall[], like: AskedCall | undefined) {
  return like && calls.findLast(({ trace }) => trace === like.trace);
}

/** Calls that look the same are the same unless their ids say otherwise. */
function isSameCall(known: AskedCall | undefined, said: AskedCall | undefined): boolean {
  const id = said?.id;
  return (
    id === undefined || known === undefined || known.id === undefined || known.ids.includes(id)
  );
}

/** Clients give ids of their own to calls that came without. */
function adoptIds({ calls }: KnownTurn, said: readonly AskedCall[]): void {
  for (const { ids, trace } of said) {
    const own = calls.find((call) => call.ids.length === 0 && call.trace === trace);
    if (own !== undefined) own.ids = ids;
  }
}

function preference(a: KnownTurn, b: KnownTurn, depth: number): number {
  const asDeep = Number(b.depth === depth) - Number(a.depth === depth);
  return asDeep !== 0 ? asDeep : a.continued - b.continued;
}

function onlyOne(turns: readonly KnownTurn[]): Conversation | undefined {
  const conversations = new Set(turns.map(({ conversation }) => conversation));
  const [only] = conversations;
  return conversations.size === 1 ? only : undefined;
}

function digestOf(text: string): string {
  return hash("sha256", text, "base64");
}

function plainText(content: unknown): string | undefined {
  if (typeof content === "string") return content;
  const part = listOf(content).find((entry) => textOf(objectOf(entry).text) !== undefined);
  return textOf(objectOf(part).text);
}
