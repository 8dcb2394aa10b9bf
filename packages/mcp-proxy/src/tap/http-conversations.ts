/**
 * The conversations that pass through one HTTP proxy. A conversation is known by the session id of
 * the protocol, by the address that the older SSE transport hands out, or else by who the client
 * says it is and where it calls from (docs/decisions/0005-http-sessions.md).
 */
import type { Exchange } from "../http/http-tap.ts";
import type { SessionIds } from "../session/session-ids.ts";
import { clientInfoOf } from "./client-info.ts";
import { Conversation } from "./conversation.ts";
import type { Message } from "./messages/message.ts";
import { ObserverJournal } from "./observer-journal.ts";
import type { Observers } from "./observers.ts";

/** Conversations kept at once; the one that was silent longest is closed for a new one. */
const MAX_CONVERSATIONS = 1_000;
const CLOSE_AFTER_MS = 30 * 60_000;

/** One conversation over HTTP, and where it is written. */
export class HttpConversation {
  readonly conversation: Conversation;
  /** Ids are unique in the whole conversation, not only within one exchange. */
  readonly hasSession: boolean;
  readonly #journal: ObserverJournal;
  lastActiveAt: number;

  constructor(journal: ObserverJournal, server: string, hasSession: boolean) {
    this.#journal = journal;
    this.conversation = new Conversation(journal, server);
    this.hasSession = hasSession;
    this.lastActiveAt = Date.now();
  }

  dropped(count: number, reason: string): void {
    this.#journal.dropped(count, reason);
  }

  interrupt(time: number): void {
    this.conversation.interrupt(time);
    this.#journal.interrupt();
  }

  close(time: number): Promise<void> {
    this.conversation.end(time);
    return this.#journal.close();
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
    // Clients of older protocols say who they are only in `initialize`; later they are found again
    // by where they call from.
    const info =
      message.kind === "request" && message.method === "initialize"
        ? undefined
        : clientInfoOf(message);
    const who = [info?.clientName, info?.clientVersion, exchange.client];
    return this.#get(`client|${JSON.stringify(who)}`, false);
  }

  /** The first event of the older transport tells where its client will post. */
  openLegacy(exchange: Exchange, endpoint: string): HttpConversation | undefined {
    const base = `http://proxy${exchange.path}`;
    if (!URL.canParse(endpoint, base)) return undefined;
    const { pathname, search } = new URL(endpoint, base);
    return this.#get(`legacy|${pathname}${search}`, true);
  }

  /** The client ended its session. */
  end(exchange: Exchange, time: number): void {
    if (exchange.sessionId === undefined) return;
    const key = `session|${exchange.sessionId}`;
    const conversation = this.#known.get(key);
    this.#known.delete(key);
    void conversation?.close(time);
  }

  forgot(count: number): void {
    const [any] = this.#known.values();
    if (any) any.dropped(count + this.#forgotten, "overflow");
    this.#forgotten = any ? 0 : this.#forgotten + count;
  }

  tick(time: number): void {
    for (const [key, conversation] of this.#known) {
      conversation.conversation.tick(time);
      if (time - conversation.lastActiveAt < CLOSE_AFTER_MS) continue;
      this.#known.delete(key);
      void conversation.close(time);
    }
  }

  interrupt(): void {
    const now = Date.now();
    for (const conversation of this.#known.values()) conversation.interrupt(now);
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
