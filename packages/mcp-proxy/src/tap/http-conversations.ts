/**
 * The conversations that pass through one HTTP proxy. A conversation is known by the session id of
 * the protocol, by the address that the older SSE transport hands out, or else by who the client
 * says it is and where it calls from (docs/decisions/0005-http-sessions.md).
 */
import type { Exchange } from "../http/http-tap.ts";
import type { SessionIds } from "../session/session-ids.ts";
import { Conversation } from "./conversation.ts";
import { clientInfoOf } from "./client-info.ts";
import type { Message, RequestId } from "./message.ts";
import { ObserverJournal } from "./observer-journal.ts";
import type { Observers } from "./observers.ts";
import type { Outcome } from "./reply-status.ts";

/** Conversations kept at once; the one that was silent longest is closed for a new one. */
const MAX_CONVERSATIONS = 1_000;
const CLOSE_AFTER_MS = 30 * 60_000;

/** One conversation over HTTP. Without a session, ids are only unique within one exchange. */
export class HttpConversation {
  readonly #conversation: Conversation;
  readonly #journal: ObserverJournal;
  hasSession: boolean;
  lastActiveAt = 0;

  constructor(journal: ObserverJournal, server: string, hasSession: boolean) {
    this.#journal = journal;
    this.#conversation = new Conversation(journal, server);
    this.hasSession = hasSession;
  }

  accept(exchange: Exchange, message: Message, toServer: boolean, time: number): void {
    this.lastActiveAt = time;
    const scoped = "id" in message ? { ...message, id: this.#scoped(exchange, message.id) } : message;
    this.#conversation.accept(scoped, toServer, time);
  }

  fail(exchange: Exchange, id: RequestId, outcome: Outcome, time: number): void {
    this.#conversation.fail(this.#scoped(exchange, id), outcome, time);
  }

  tick(time: number): void {
    this.#conversation.tick(time);
  }

  dropped(count: number): void {
    this.#journal.dropped(count, "overflow");
  }

  close(time: number): Promise<void> {
    this.#conversation.end(time);
    return this.#journal.close();
  }

  #scoped(exchange: Exchange, id: RequestId): RequestId {
    return this.hasSession ? id : `${exchange.number}:${typeof id}:${id}`;
  }
}

export class HttpConversations {
  readonly #observers: Observers;
  readonly #ids: SessionIds;
  readonly #server: string;
  readonly #known = new Map<string, HttpConversation>();
  #forgotten = 0;

  constructor(observers: Observers, ids: SessionIds, server: string) {
    this.#observers = observers;
    this.#ids = ids;
    this.#server = server;
  }

  /** The conversation that a message of an exchange belongs to. */
  of(exchange: Exchange, message: Message): HttpConversation {
    const session = exchange.sessionId ?? exchange.openedSessionId;
    if (session !== undefined) return this.#get(`session|${session}`, true);
    const legacy = this.#known.get(`legacy|${exchange.path}`);
    if (legacy) return legacy;
    if (message.kind === "request" && message.method === "initialize") {
      // A session may be opened by the answer; until then it is known by its exchange.
      return this.#get(`exchange|${exchange.number}`, false);
    }
    const info = clientInfoOf(message);
    const who = [info?.clientName, info?.clientVersion, exchange.client];
    return this.#get(`client|${JSON.stringify(who)}`, false);
  }

  /** The answer to `initialize` may have opened a session: the conversation goes on under its id. */
  nameSession(exchange: Exchange, conversation: HttpConversation): void {
    const key = `exchange|${exchange.number}`;
    if (exchange.openedSessionId === undefined || this.#known.get(key) !== conversation) return;
    this.#known.delete(key);
    this.#known.set(`session|${exchange.openedSessionId}`, conversation);
  }

  /** The first event of the older transport tells where its client will post. */
  openLegacy(exchange: Exchange, endpoint: string): void {
    const base = `http://proxy${exchange.path}`;
    if (!URL.canParse(endpoint, base)) return;
    const { pathname, search } = new URL(endpoint, base);
    this.#get(`legacy|${pathname}${search}`, true);
  }

  /** The client ended its session. */
  end(exchange: Exchange, time: number): void {
    const key = `session|${exchange.sessionId}`;
    const conversation = this.#known.get(key);
    this.#known.delete(key);
    void conversation?.close(time);
  }

  forgot(count: number): void {
    const [any] = this.#known.values();
    if (any) any.dropped(count + this.#forgotten);
    this.#forgotten = any ? 0 : this.#forgotten + count;
  }

  tick(time: number): void {
    for (const [key, conversation] of this.#known) {
      conversation.tick(time);
      if (time - conversation.lastActiveAt < CLOSE_AFTER_MS) continue;
      this.#known.delete(key);
      void conversation.close(time);
    }
  }

  async close(): Promise<void> {
    const now = Date.now();
    await Promise.all([...this.#known.values()].map((conversation) => conversation.close(now)));
  }

  #get(key: string, hasSession: boolean): HttpConversation {
    const known = this.#known.get(key);
    if (known) {
      this.#known.delete(key);
      this.#known.set(key, known);
      return known;
    }
    if (this.#known.size >= MAX_CONVERSATIONS) this.#closeSilent();
    const journal = new ObserverJournal(this.#observers, this.#ids.of(key));
    const conversation = new HttpConversation(journal, this.#server, hasSession);
    conversation.lastActiveAt = Date.now();
    this.#known.set(key, conversation);
    return conversation;
  }

  #closeSilent(): void {
    const [silent] = this.#known;
    if (!silent) return;
    this.#known.delete(silent[0]);
    void silent[1].close(Date.now());
  }
}
