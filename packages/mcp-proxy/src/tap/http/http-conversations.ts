/**
 * The conversations that pass through one HTTP proxy. A conversation is known by the session id of
 * the protocol, by the address that the older SSE transport hands out, or else by who the client
 * says it is and where it calls from (docs/decisions/0005-proxy-sessions.md).
 */
import type { Exchange } from "../../backlog/exchange.ts";
import type { SessionIds } from "../../session/session-ids.ts";
import { ObserverJournal } from "../journal/observer-journal.ts";
import type { Observers } from "../journal/observers.ts";
import { clientInfoOf } from "../messages/client-info.ts";
import type { Message } from "../messages/message.ts";
import { ClientSessions, type ConversationKind } from "./client-sessions.ts";
import { HttpConversation } from "./http-conversation.ts";

/** Conversations kept at once; the one that was silent longest is closed for a new one. */
const MAX_CONVERSATIONS = 1_000;
const CLOSE_AFTER_MS = 30 * 60_000;

export class HttpConversations {
  readonly #sessions: ClientSessions;
  readonly #server: string;
  readonly #known = new Map<string, HttpConversation>();
  /** The last one of the map. */
  #latest: HttpConversation | undefined;
  #forgotten = 0;

  /** @param serverName what the client's file calls the server, where that is known */
  constructor(observers: Observers, ids: SessionIds, server: string, serverName?: string) {
    this.#sessions = new ClientSessions(
      (key) => new ObserverJournal(observers, ids.of(key), serverName),
    );
    this.#server = server;
  }

  /** The conversation that a message of an exchange belongs to. */
  of(exchange: Exchange, message: Message): HttpConversation {
    const info = clientInfoOf(message);
    const who = JSON.stringify([info?.clientName, info?.clientVersion, exchange.client]);
    const session = exchange.sessionId ?? exchange.openedSessionId;
    if (session !== undefined) return this.#get(`session|${session}`, "session", who);
    const legacy = this.#known.get(`legacy|${exchange.path}`);
    if (legacy) return this.#get(legacy.key, "legacy", who);
    // Clients of older protocols say who they are only in `initialize`; later they are found again
    // by where they call from.
    const isOpening = message.kind === "request" && message.method === "initialize";
    const unnamed = JSON.stringify([undefined, undefined, exchange.client]);
    return this.#get(`client|${isOpening ? unnamed : who}`, "client", who);
  }

  /** The first event of the older transport tells where its client will post. */
  openLegacy(exchange: Exchange, endpoint: string): HttpConversation | undefined {
    const base = `http://proxy${exchange.path}`;
    if (!URL.canParse(endpoint, base)) return undefined;
    const { pathname, search } = new URL(endpoint, base);
    return this.#get(`legacy|${pathname}${search}`, "legacy", "");
  }

  /** The session that an exchange names, when it is known. */
  named({ sessionId }: Exchange): HttpConversation | undefined {
    return sessionId === undefined ? undefined : this.#known.get(`session|${sessionId}`);
  }

  /** Closes a conversation that its client or its server has ended. */
  close(conversation: HttpConversation, time: number): void {
    this.#known.delete(conversation.key);
    if (conversation === this.#latest) this.#latest = undefined;
    conversation.end(time);
    this.#sessions.leave(conversation);
  }

  forgot(count: number): void {
    const [any] = this.#known.values();
    if (any) any.dropped(count + this.#forgotten, "overflow");
    this.#forgotten = any ? 0 : this.#forgotten + count;
  }

  tick(time: number): void {
    for (const conversation of this.#known.values()) {
      conversation.conversation.tick(time);
      const isSilent = time - conversation.lastActiveAt >= CLOSE_AFTER_MS;
      if (isSilent || (conversation.isEnding && !conversation.isBusy)) {
        this.close(conversation, time);
      }
    }
    this.#sessions.closeSilent(time - CLOSE_AFTER_MS);
  }

  interrupt(): void {
    for (const conversation of this.#known.values()) conversation.interrupt();
  }

  async closeAll(): Promise<void> {
    const now = Date.now();
    for (const conversation of this.#known.values()) conversation.end(now);
    await this.#sessions.closeAll();
  }

  #get(key: string, kind: ConversationKind, who: string): HttpConversation {
    const known = this.#known.get(key);
    if (known) {
      if (known !== this.#latest) this.#keepLast(key, known);
      known.who ||= who;
      return known;
    }
    const [silent] = this.#known.size >= MAX_CONVERSATIONS ? this.#known.values() : [];
    if (silent) this.close(silent, Date.now());
    const conversation = new HttpConversation({
      key,
      kind,
      who,
      server: this.#server,
      sessions: this.#sessions,
    });
    this.#keepLast(key, conversation);
    return conversation;
  }

  /** To the end of the map, whose first entry is the one silent longest. */
  #keepLast(key: string, conversation: HttpConversation): void {
    this.#known.delete(key);
    this.#known.set(key, conversation);
    this.#latest = conversation;
  }
}
