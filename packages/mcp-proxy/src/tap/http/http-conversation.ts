import type { Exchange } from "../../backlog/exchange.ts";
import { hasCalls, type Place } from "../calls/open-requests.ts";
import { Conversation } from "../conversation.ts";
import type { Entry, Journal } from "../journal/journal.ts";
import type { Identity } from "../messages/client-info.ts";
import type {
  ClientSessions,
  ConversationKind,
  Visitor,
  WrittenSession,
} from "./client-sessions.ts";

export interface HttpConversationOptions {
  readonly key: string;
  readonly kind: ConversationKind;
  /** Who the client says it is and where it calls from, as text. */
  readonly who: string;
  readonly server: string;
  readonly sessions: ClientSessions;
}

/** One exchange of a conversation that is under way. */
export interface LiveExchange {
  readonly exchange: Exchange;
  readonly place: Place;
}

/** One conversation over HTTP. Where it is written is decided with its first call. */
export class HttpConversation implements Journal, Visitor {
  readonly key: string;
  readonly kind: ConversationKind;
  readonly conversation: Conversation;
  readonly live = new Set<LiveExchange>();
  /** Places of exchanges that are over and were not answered in them. */
  readonly left = new Set<Place>();
  readonly #sessions: ClientSessions;
  readonly #drops: [count: number, reason: string][] = [];
  #identity: Identity | undefined;
  #written: WrittenSession | undefined;
  who: string;
  lastActiveAt = Date.now();
  /** The client has ended it. */
  isOver = false;
  /** The server does not know it any more: its client has to begin anew. */
  isLost = false;
  /** It is closed as soon as nothing is under way. */
  isEnding = false;

  constructor({ key, kind, who, server, sessions }: HttpConversationOptions) {
    this.key = key;
    this.kind = kind;
    this.who = who;
    this.#sessions = sessions;
    this.conversation = new Conversation(this, { server, turns: () => this.#session().turns });
  }

  get isWritten(): boolean {
    return this.#written !== undefined;
  }

  /** Whether an answer may still come in an exchange that is under way. */
  get isBusy(): boolean {
    for (const { place } of this.live) if (hasCalls(place)) return true;
    return false;
  }

  observe(entry: Entry, time: number): void {
    const session = this.#session();
    session.lastActiveAt = time;
    session.journal.observe(entry, time);
  }

  dropped(count: number, reason: string): void {
    if (this.#written) this.#written.journal.dropped(count, reason);
    else this.#drops.push([count, reason]);
  }

  identify(identity: Identity): void {
    this.#identity = identity;
  }

  interrupt(): void {
    this.conversation.interrupt(Date.now());
    this.#written?.journal.interrupt();
  }

  /** Others may be written into the same session: whoever knows all of them closes it. */
  async close(): Promise<void> {}

  /** Nothing more is heard of it. */
  end(time: number): void {
    this.isOver = true;
    this.conversation.end(time);
    if (this.#drops.length > 0) this.#session();
  }

  #session(): WrittenSession {
    if (this.#written) return this.#written;
    const session = this.#sessions.join(this);
    this.#written = session;
    if (this.#identity) session.journal.identify(this.#identity);
    for (const drop of this.#drops.splice(0)) session.journal.dropped(...drop);
    return session;
  }
}
