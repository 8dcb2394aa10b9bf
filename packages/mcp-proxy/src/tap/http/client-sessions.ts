/**
 * Which conversations are written into one session. Some clients open an MCP session for every call:
 * apart, each of these would be a session of one call, in which nothing repeats
 * (docs/decisions/0093-what-is-judged-together.md).
 */
import { Turns } from "../calls/turns.ts";
import type { ObserverJournal } from "../journal/observer-journal.ts";

const MAX_CLIENTS = 1_000;

/** By what a conversation is known: the protocol's session, the older transport's address, the client. */
export type ConversationKind = "session" | "legacy" | "client";

/** A conversation, as far as it matters for where it is written. */
export interface Visitor {
  readonly key: string;
  readonly kind: ConversationKind;
  /** Who the client says it is and where it calls from, as text. */
  readonly who: string;
  readonly isOver: boolean;
  readonly isLost: boolean;
  readonly conversation: { readonly calls: number; readonly openCalls: number };
}

/** Where the records of one or several conversations go. */
export class WrittenSession {
  readonly journal: ObserverJournal;
  readonly turns = new Turns();
  /** How many conversations write into it now. */
  writers = 0;
  lastActiveAt = Date.now();

  constructor(journal: ObserverJournal) {
    this.journal = journal;
  }
}

/** A conversation of a client, and where it is written. */
interface Visit {
  readonly conversation: Visitor;
  readonly session: WrittenSession;
}

export class ClientSessions {
  readonly #open: (key: string) => ObserverJournal;
  /** The last two visits of each client, by who it is, latest last. */
  readonly #visits = new Map<string, readonly Visit[]>();
  readonly #bySession = new Map<Visitor, WrittenSession>();
  readonly #sessions = new Set<WrittenSession>();

  constructor(open: (key: string) => ObserverJournal) {
    this.#open = open;
  }

  /** Where a conversation is written that is about to make its first call. */
  join(conversation: Visitor): WrittenSession {
    const { who, key } = conversation;
    const before = this.#visits.get(who) ?? [];
    const session = continued(conversation, before) ?? new WrittenSession(this.#open(key));
    session.writers++;
    this.#sessions.add(session);
    this.#bySession.set(conversation, session);
    this.#visits.delete(who);
    this.#visits.set(who, [...before.slice(-1), { conversation, session }]);
    const [oldest] = this.#visits.size > MAX_CLIENTS ? this.#visits.keys() : [];
    if (oldest !== undefined) this.#visits.delete(oldest);
    return session;
  }

  /** A conversation is over; its session stays open when the client's next one may go on with it. */
  leave(conversation: Visitor): void {
    const session = this.#bySession.get(conversation);
    if (!session) return;
    this.#bySession.delete(conversation);
    session.writers--;
    if (session.writers === 0 && !isGoneOnWith(conversation)) this.#close(session);
  }

  /** Closes what nobody writes into and nobody went on with since `time`. */
  closeSilent(time: number): void {
    for (const session of this.#sessions) {
      if (session.writers === 0 && session.lastActiveAt <= time) this.#close(session);
    }
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#sessions].map((session) => session.journal.close()));
  }

  #close(session: WrittenSession): void {
    this.#sessions.delete(session);
    for (const [who, visits] of this.#visits) {
      const kept = visits.filter((visit) => visit.session !== session);
      if (kept.length === 0) this.#visits.delete(who);
      else if (kept.length < visits.length) this.#visits.set(who, kept);
    }
    void session.journal.close();
  }
}

/** The session that a conversation goes on with, when its client opens one for every call. */
function continued({ kind }: Visitor, visits: readonly Visit[]): WrittenSession | undefined {
  const last = visits.at(-1);
  if (!last || kind === "client") return undefined;
  const { conversation, session } = last;
  if (conversation.isOver) return isGoneOnWith(conversation) ? session : undefined;
  // Nobody said that it is over: two in a row that made their one call and fell silent.
  return visits.length > 1 && visits.every((visit) => isSpent(visit.conversation))
    ? session
    : undefined;
}

/** Whether a client that ended this conversation may only have ended one call. */
function isGoneOnWith({ conversation, isLost }: Visitor): boolean {
  return isLost || conversation.calls <= 1;
}

function isSpent({ conversation, isOver }: Visitor): boolean {
  return isOver || (conversation.calls === 1 && conversation.openCalls === 0);
}
