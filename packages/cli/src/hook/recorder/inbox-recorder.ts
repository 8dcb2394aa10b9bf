/** Reads what hooks left, in the order in which it was left, and records it as runs. */
import { readFileSync, rmSync, statSync } from "node:fs";
import type { Observation, Observer, ReasoningObservation, Verdict } from "@caum/core";
import { alertSentence, storyOf } from "@caum/core/health";
import type { LoopTeller } from "@caum/core/machine";
import { noteHookEvents, noteUnread } from "../inbox/hook-log.ts";
import {
  entriesIn,
  hasWorked,
  noteAlert,
  noteWorked,
  removeIfEmpty,
  sessionFolder,
  sessionsIn,
} from "../inbox/inbox.ts";
import type { InboxEntry } from "../inbox/inbox-entry.ts";
import { CallBook, type ClosedCall } from "./call-book.ts";

/** Entries that are recorded before they are removed. */
const AT_ONCE = 1_000;
/** Sessions that ended without saying so. */
const FORGET_AFTER_MS = 7 * 24 * 60 * 60_000;
/** Ended sessions of which something may still come. */
const MAX_ENDED = 100;

/** Who records the sessions of a client. */
export type ObserverOf = (client: string) => Observer;

interface RecordedSession {
  readonly book: CallBook;
  readonly client: string;
  /** Whether anything of it was recorded, also by an earlier recorder. */
  hasBegun: boolean;
  hasAlert: boolean;
  /** Events of its sub-agents may still come after the end. */
  hasEnded: boolean;
}

export interface InboxRecorderParts {
  readonly observerOf: ObserverOf;
  readonly home: string;
  /** Sets the observers' clock to when what follows happened. */
  readonly setTime: (time: number) => void;
  /** Tells the person of loops, where no collector does. */
  readonly teller: LoopTeller | undefined;
}

export class InboxRecorder {
  readonly #observerOf: ObserverOf;
  readonly #home: string;
  readonly #setTime: (time: number) => void;
  readonly #teller: LoopTeller | undefined;
  #nowMs = 0;
  readonly #sessions = new Map<string, RecordedSession>();
  readonly #observers = new Set<Observer>();
  /** Entries that could not be read, of sessions whose client is not known yet. */
  readonly #unread = new Map<string, number>();
  /** Recorded, and the disk does not let go of them. */
  readonly #stuck = new Set<string>();

  constructor({ observerOf, home, setTime, teller }: InboxRecorderParts) {
    this.#observerOf = observerOf;
    this.#home = home;
    this.#setTime = (time) => {
      this.#nowMs = time;
      setTime(time);
    };
    this.#teller = teller;
  }

  /** Whether some call has begun whose end did not come yet. */
  get hasOpenCalls(): boolean {
    return [...this.#sessions.values()].some(({ book }) => book.hasOpen);
  }

  /** @returns how many entries were new */
  async drain(): Promise<number> {
    let count = 0;
    for (const session of sessionsIn(this.#home)) count += await this.#drainSession(session);
    return count;
  }

  /** Calls that are still open are recorded as such: nobody will wait for them. */
  async close(): Promise<void> {
    for (const [id, session] of this.#sessions) {
      this.#observeAll(id, session, session.book.giveUp(Date.now()));
    }
    for (const observer of this.#observers) await observer.close();
  }

  async #drainSession(id: string): Promise<number> {
    const left = entriesIn(this.#home, id).filter((path) => !this.#stuck.has(path));
    const paths = left.slice(0, AT_ONCE);
    if (paths.length === 0) {
      await this.#forgetOld(id);
      return 0;
    }
    const entries: InboxEntry[] = [];
    for (const path of paths) {
      const entry = parsed(path);
      if (entry !== undefined && (await this.#isAccepted(id, entry))) entries.push(entry);
    }
    const unread = paths.length - entries.length;
    this.#declareUnread(id, unread);
    for (const observer of this.#observers) await observer.flush();
    // Only now: what is recorded twice is better than what is lost.
    for (const path of paths) this.#remove(path);
    noteHookEvents(this.#home, entries);
    noteUnread(this.#home, { client: this.#sessions.get(id)?.client, count: unread });
    if (this.#sessions.get(id)?.hasEnded) this.#removeEnded(id);
    return paths.length;
  }

  /** One entry that says something else than ours do, as of another version, stops no other. */
  async #isAccepted(id: string, entry: InboxEntry): Promise<boolean> {
    try {
      await this.#accept(id, entry);
      return true;
    } catch {
      return false;
    }
  }

  #remove(path: string): void {
    try {
      rmSync(path, { force: true });
    } catch {
      this.#stuck.add(path);
    }
  }

  async #accept(id: string, entry: InboxEntry): Promise<void> {
    const session = this.#sessionOf(id, entry);
    this.#setTime(entry.time);
    const { saying } = entry;
    if (session.hasEnded && isResumed(entry)) {
      session.hasEnded = false;
      session.hasBegun = false;
    }
    this.#observeAll(id, session, session.book.take(entry));
    if (saying.kind === "message") this.#observe(id, session, saidTo(entry, saying.message));
    if (saying.kind === "session_end") await this.#end(id, session);
    const isLate = session.hasEnded && saying.kind === "stop" && !session.book.hasOpen;
    if (isLate) await this.#observer(session).closeSession(id);
  }

  #sessionOf(id: string, { client, time }: InboxEntry): RecordedSession {
    const known = this.#sessions.get(id);
    if (known) return known;
    const hasBegun = hasWorked(this.#home, id);
    const book = new CallBook(time);
    const session = { book, client, hasBegun, hasAlert: false, hasEnded: false };
    this.#sessions.set(id, session);
    return session;
  }

  #observeAll(id: string, session: RecordedSession, closed: readonly ClosedCall[]): void {
    for (const { call, time } of closed) {
      this.#setTime(time);
      this.#observe(id, session, call);
    }
  }

  #observe(id: string, session: RecordedSession, observation: Observation): void {
    const verdict = this.#observer(session).session(id).observe(observation);
    if (!session.hasBegun) noteWorked(this.#home, id);
    session.hasBegun = true;
    const isAlert = verdict.publicClass === "hard_alert";
    const { client: agent } = session;
    const tool = "tool" in observation ? observation.tool : undefined;
    if (isAlert && !session.hasAlert) noteAlert(this.#home, id, messageOf(agent, verdict, tool));
    session.hasAlert = isAlert;
    const step = { sessionId: id, agent, assessment: verdict, tool, atMs: this.#nowMs };
    this.#teller?.see(step);
  }

  /** A session in which nothing was done leaves no record of its end either. */
  async #end(id: string, session: RecordedSession): Promise<void> {
    session.hasEnded = true;
    if (!session.hasBegun) return;
    const observer = this.#observer(session);
    await observer.session(id).end();
    await observer.closeSession(id);
    this.#teller?.close(id);
  }

  #observer({ client }: RecordedSession): Observer {
    const observer = this.#observerOf(client);
    this.#observers.add(observer);
    return observer;
  }

  #declareUnread(id: string, more: number): void {
    const count = (this.#unread.get(id) ?? 0) + more;
    if (count === 0) return;
    const session = this.#sessions.get(id);
    if (session) this.#observer(session).session(id).drop(count, "unreadable");
    this.#unread.set(id, session ? 0 : count);
  }

  #removeEnded(id: string): void {
    removeIfEmpty(this.#home, id);
    const ended = [...this.#sessions].filter(([, { hasEnded }]) => hasEnded);
    for (const [old] of ended.slice(0, -MAX_ENDED)) this.#sessions.delete(old);
  }

  async #forgetOld(id: string): Promise<void> {
    const folder = sessionFolder(this.#home, id);
    const changed = statSync(folder, { throwIfNoEntry: false })?.mtimeMs;
    if (changed !== undefined && Date.now() - changed < FORGET_AFTER_MS) return;
    const session = this.#sessions.get(id);
    if (session) {
      this.#observeAll(id, session, session.book.giveUp(Date.now()));
      await this.#observer(session).closeSession(id);
    }
    this.#sessions.delete(id);
    this.#unread.delete(id);
    try {
      rmSync(folder, { recursive: true, force: true });
    } catch {
      // Looked at again, and nothing is in it.
    }
  }
}

/** The main agent works again; only its sub-agents may outlast the end of a session. */
function isResumed({ agent, saying }: InboxEntry): boolean {
  return agent === undefined && (saying.kind === "start" || saying.kind === "message");
}

/** What a sub-agent is asked comes from the agent above it, not from a person. */
function saidTo({ agent }: InboxEntry, message: ReasoningObservation): ReasoningObservation {
  if (agent === undefined) return message;
  return { ...message, role: "system", agentTag: agent };
}

function messageOf(agent: string, verdict: Verdict, tool: string | undefined): string {
  const tools = tool === undefined ? [] : [tool];
  return `caum: ${alertSentence({ tools, ...storyOf(agent, verdict) })} (caum only observes)`;
}

function parsed(path: string): InboxEntry | undefined {
  try {
    const entry: unknown = JSON.parse(readFileSync(path, "utf8"));
    const isEntry =
      typeof entry === "object" &&
      entry !== null &&
      "client" in entry &&
      typeof entry.client === "string" &&
      "saying" in entry &&
      typeof entry.saying === "object" &&
      "time" in entry &&
      Number.isSafeInteger(entry.time);
    // True because only our hook writes into this folder; the observer takes any values.
    return isEntry ? (entry as InboxEntry) : undefined;
  } catch {
    return undefined;
  }
}
