/** Speaks `/v2/live/start` and `/v2/live/event`, for collectors that know nothing else. */
import type { StructuralRecord } from "../../capture/record.ts";
import { readLine } from "../../evidence/line/read-line.ts";
import type { Address } from "./address.ts";
import { isObject, jsonOf, notACollector, replyToFailure, unreachable } from "./answer.ts";
import type { Transport } from "./http-transport.ts";
import { liveEventOf } from "./live-event.ts";
import type { Entry, Reply, Upstream } from "./upstream.ts";

/** Events sent in one go; each is a request of its own. */
const MAX_EVENTS = 50;
const MAX_OPEN_SESSIONS = 2_000;

/** What the door gave out for each run, so that whoever delivers the rest does it to the same session. */
export interface KeptSessions {
  read(entry: Entry): Promise<string | undefined>;
  write(entry: Entry, text: string): Promise<void>;
}

const KEEP_NOTHING: KeptSessions = {
  read: async () => undefined,
  write: async () => undefined,
};

const NONE: ReadonlySet<number> = new Set();

interface LiveSession {
  readonly id: string;
  readonly token: string;
}

type Posted = { readonly body: Readonly<Record<string, unknown>> } | { readonly reply: Reply };

export class LiveUpstream implements Upstream {
  readonly #address: Address;
  readonly #transport: Transport;
  readonly #kept: KeptSessions;
  /** By run. */
  readonly #sessions = new Map<string, LiveSession>();

  constructor(address: Address, transport: Transport, kept: KeptSessions = KEEP_NOTHING) {
    this.#address = address;
    this.#transport = transport;
    this.#kept = kept;
  }

  async send(entries: readonly Entry[]): Promise<Reply> {
    let settled = 0;
    for (const entry of entries.slice(0, MAX_EVENTS)) {
      const reply = await this.#sendOne(entry);
      if (reply && settled === 0) return reply;
      if (reply) break;
      settled += 1;
    }
    return { outcome: "taken", settled, duplicate: NONE, forked: NONE };
  }

  /** @returns undefined when the entry is settled */
  async #sendOne(entry: Entry): Promise<Reply | undefined> {
    const read = readLine(entry.line);
    if (!("record" in read)) return { outcome: "refused" };
    const event = liveEventOf(read.record);
    if (!event && entry.seq !== 0) return undefined;
    const session = (await this.#knownSession(entry)) ?? (await this.#start(entry, read.record));
    if ("reply" in session) return session.reply;
    // The start of the session stands for the `open` record of the run.
    if (!event) return undefined;
    const posted = await this.#postEvent(session, event);
    if ("body" in posted) return undefined;
    return this.#isForgotten(posted.reply) ? this.#startOver(entry) : posted.reply;
  }

  async #knownSession(entry: Entry): Promise<LiveSession | undefined> {
    const known = this.#sessions.get(entry.runId);
    if (known) return known;
    const { id, token } = jsonOf((await this.#kept.read(entry)) ?? "") ?? {};
    if (typeof id !== "string" || typeof token !== "string") return undefined;
    this.#remember(entry.runId, { id, token });
    return { id, token };
  }

  /** Tokens end; whether it was the key instead, the next start tells. */
  #isForgotten(reply: Reply): boolean {
    return reply.outcome === "stopped" && reply.refusal.code === "key_refused";
  }

  async #startOver(entry: Entry): Promise<Reply> {
    this.#sessions.delete(entry.runId);
    await this.#kept.write(entry, "").catch(() => undefined);
    const message = "the collector has forgotten a session: it is started again";
    return { outcome: "failed", refusal: { code: "collector_failed", message } };
  }

  #postEvent({ id, token }: LiveSession, event: unknown): Promise<Posted> {
    const body = { session_id: id, session_token: token, event };
    return this.#post("v2/live/event", body, (answer) => isObject(answer.evidence));
  }

  async #start(
    entry: Entry,
    record: StructuralRecord,
  ): Promise<LiveSession | { readonly reply: Reply }> {
    const facts = {
      agent_id: record.agentId,
      session_id: record.sessionId,
      source: record.sourceFramework ?? "caum",
    };
    const posted = await this.#post("v2/live/start", facts, isStarted);
    if ("reply" in posted) return posted;
    const { session, session_token: token } = posted.body;
    const id = isObject(session) ? session.session_id : undefined;
    const started = { id: String(id), token: String(token) };
    this.#remember(entry.runId, started);
    await this.#kept.write(entry, JSON.stringify(started)).catch(() => undefined);
    return started;
  }

  async #post(
    path: string,
    content: unknown,
    isExpected: (body: Readonly<Record<string, unknown>>) => boolean,
  ): Promise<Posted> {
    try {
      const answer = await this.#transport({
        method: "POST",
        url: this.#address.at(path),
        headers: this.#address.headers("application/json"),
        body: JSON.stringify(content),
      });
      if (answer.status < 200 || answer.status >= 300) return { reply: replyToFailure(answer) };
      const body = jsonOf(answer.body);
      return body && isExpected(body) ? { body } : { reply: notACollector(answer.status) };
    } catch (problem) {
      return { reply: unreachable(problem) };
    }
  }

  #remember(runId: string, session: LiveSession): void {
    this.#sessions.delete(runId);
    this.#sessions.set(runId, session);
    const [oldest] = this.#sessions.keys();
    if (this.#sessions.size > MAX_OPEN_SESSIONS && oldest !== undefined) {
      this.#sessions.delete(oldest);
    }
  }
}

function isStarted(body: Readonly<Record<string, unknown>>): boolean {
  const { session, session_token: token } = body;
  return isObject(session) && typeof session.session_id === "string" && typeof token === "string";
}
