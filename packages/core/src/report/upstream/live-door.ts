/** Speaks `/v2/live/start` and `/v2/live/event`, for collectors that know nothing else. */
import type { StructuralRecord } from "../../capture/record.ts";
import { readLine } from "../../evidence/record-line.ts";
import type { Address } from "./address.ts";
import { isObject, jsonOf, notACollector, replyToFailure, unreachable } from "./answer.ts";
import type { Transport } from "./http-transport.ts";
import { liveEventOf } from "./live-event.ts";
import type { Entry, Reply, Upstream } from "./upstream.ts";

/** Events sent in one go; each is a request of its own. */
const MAX_EVENTS = 50;
const MAX_OPEN_SESSIONS = 2_000;

const NONE: ReadonlySet<number> = new Set();

interface LiveSession {
  readonly id: string;
  readonly token: string;
}

type Posted = { readonly body: Readonly<Record<string, unknown>> } | { readonly reply: Reply };

export class LiveDoor implements Upstream {
  readonly #address: Address;
  readonly #transport: Transport;
  /** By run: where a run goes on after a restart the door is asked again for the same session. */
  readonly #sessions = new Map<string, LiveSession>();

  constructor(address: Address, transport: Transport) {
    this.#address = address;
    this.#transport = transport;
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
    if (!event) return undefined;
    const known = this.#sessions.get(entry.runId);
    const session = known ?? (await this.#start(read.record));
    if ("reply" in session) return session.reply;
    this.#remember(entry.runId, session);
    const posted = await this.#postEvent(session, event);
    if ("body" in posted) return undefined;
    // A session that the door has forgotten is opened again with the next attempt.
    if (posted.reply.outcome !== "refused") this.#sessions.delete(entry.runId);
    return posted.reply;
  }

  #postEvent({ id, token }: LiveSession, event: unknown): Promise<Posted> {
    const body = { session_id: id, session_token: token, event };
    return this.#post("v2/live/event", body, (answer) => isObject(answer.evidence));
  }

  async #start(record: StructuralRecord): Promise<LiveSession | { readonly reply: Reply }> {
    const facts = {
      agent_id: record.agentId,
      session_id: record.sessionId,
      source: record.sourceFramework ?? "caum",
    };
    const posted = await this.#post("v2/live/start", facts, isStarted);
    if ("reply" in posted) return posted;
    const { session, session_token: token } = posted.body;
    const id = isObject(session) ? session.session_id : undefined;
    return { id: String(id), token: String(token) };
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
