/** Writes one conversation into a session of the core, which is opened by the first entry. */
import type { Observation, Observer, Session } from "@caum/core";
import type { SessionAt } from "../../session/session-ids.ts";
import type { Identity } from "../messages/client-info.ts";
import type { Entry, Journal } from "./journal.ts";
import type { Observers } from "./observers.ts";

/** What is missing is told at most this often, not per message. */
const DECLARE_DROPS_AFTER_MS = 5_000;

export class ObserverJournal implements Journal {
  readonly #observers: Observers;
  readonly #sessionAt: SessionAt;
  readonly #serverName: string | undefined;
  #identity: Identity = {};
  #observer: Observer | undefined;
  #sessionId = "";
  #drops = new Map<string, number>();
  #declaredAt = 0;

  /** @param serverName what the client's file calls the server, where that is known */
  constructor(observers: Observers, sessionAt: SessionAt, serverName?: string) {
    this.#observers = observers;
    this.#sessionAt = sessionAt;
    this.#serverName = serverName;
  }

  identify(identity: Identity): void {
    this.#identity = identity;
    // Its keys are read while the server boots, not when the first call is to be written.
    this.#observer ??= this.#observers.of(identity);
  }

  observe(entry: Entry, time: number): void {
    this.#observers.setTime(time);
    const session = this.#session(time, entry.kind === "tool" ? entry.clientSession : undefined);
    if (time - this.#declaredAt >= DECLARE_DROPS_AFTER_MS) this.#declareDrops(session, time);
    this.#sayWhatWasMissing(session);
    const assessment = session.observe(this.#named(withShapes(entry, session)));
    this.#observers.teller?.see({
      sessionId: this.#sessionId,
      agent: this.#observers.agentOf(this.#identity),
      assessment,
      tool: "tool" in entry ? entry.tool : undefined,
      atMs: time,
    });
  }

  dropped(count: number, reason: string): void {
    this.#drops.set(reason, (this.#drops.get(reason) ?? 0) + count);
  }

  interrupt(): void {
    const observer = this.#observer;
    if (!observer || this.#sessionId === "") return;
    const now = Date.now();
    this.#observers.setTime(now);
    this.#declareDrops(observer.session(this.#sessionId), now);
  }

  async close(): Promise<void> {
    const observer = this.#observer;
    if (!observer || this.#sessionId === "") return;
    this.#observer = undefined;
    const now = Date.now();
    this.#observers.setTime(now);
    const session = observer.session(this.#sessionId);
    this.#declareDrops(session, now);
    this.#sayWhatWasMissing(session);
    await observer.closeSession(this.#sessionId);
    this.#observers.teller?.close(this.#sessionId);
  }

  /** The session of now; the one before it is closed when the client was idle for long. */
  #session(time: number, clientSession: string | undefined): Session {
    this.#observer ??= this.#observers.of(this.#identity);
    const id = this.#sessionAt(time, clientSession);
    if (this.#sessionId !== "" && id !== this.#sessionId) {
      void this.#observer.closeSession(this.#sessionId);
    }
    this.#sessionId = id;
    return this.#observer.session(id);
  }

  #named(observation: Observation): Observation {
    const serverName = this.#serverName;
    if (serverName === undefined || observation.kind !== "tool") return observation;
    return { ...observation, serverName };
  }

  /** Nothing that was not seen or not sent is passed over in silence. */
  #sayWhatWasMissing(session: Session): void {
    for (const subject of this.#observers.takeBlindParts()) {
      session.observe({ kind: "environment", change: "blind", subject });
    }
  }

  #declareDrops(session: Session, time: number): void {
    for (const [reason, count] of this.#drops) session.drop(count, reason);
    this.#drops.clear();
    this.#declaredAt = time;
  }
}

function withShapes(entry: Entry, session: Session) {
  if (entry.kind !== "tool" || !(entry.cutArguments || entry.cutResult)) return entry;
  const { cutArguments, cutResult, ...observation } = entry;
  return {
    ...observation,
    argumentsShape:
      cutArguments && session.shapeOfText(cutArguments.head, cutArguments.byteLength, "args"),
    resultShape: cutResult && session.shapeOfText(cutResult.head, cutResult.byteLength, "result"),
  };
}
