/** A session at the live door of a collector, as any sender would hold it. */
import { doorUrl } from "@caum/core/settings";

export interface CollectorPlace {
  readonly url: string;
  /** None is needed on the collector's own machine. */
  readonly apiKey?: string | undefined;
  /** In place of HTTP, for a collector that asks itself. */
  readonly send?: Send | undefined;
}

export type Send = (request: {
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | undefined;
}) => Promise<Reply>;

/** The part of an answer that is looked at. */
export interface LiveAnswer {
  readonly event_type: string;
  readonly live_alert: boolean;
  readonly current_tier: string;
  readonly public_class: string;
  readonly structural_health: {
    readonly regime: string;
    readonly uds: number;
    readonly step: number;
    readonly reasons: readonly string[];
  };
  readonly evidence_grade: {
    readonly raw_content_used: boolean;
    readonly allowed_to_block: boolean;
  };
  readonly coordination: { readonly decision: string; readonly allowed_to_block: boolean };
  readonly evidence: { readonly merkle_root: string; readonly tree_size: number };
  readonly dropped_fields: number;
}

export interface Reply {
  readonly status: number;
  /** One character for each byte. */
  readonly text: string;
}

/** What a collector may take to answer. */
const WITHIN_MS = 10_000;

export class CollectorError extends Error {
  override readonly name = "CollectorError";
}

export class LiveSession {
  readonly id: string;
  readonly dashboardUrl: string;
  readonly #token: string;
  readonly #place: CollectorPlace;

  private constructor(place: CollectorPlace, id: string, token: string, dashboardPath: string) {
    this.#place = place;
    this.#token = token;
    this.id = id;
    this.dashboardUrl = doorUrl(place.url, dashboardPath).href;
  }

  /** @throws {CollectorError} when the collector cannot be reached, or refuses */
  static async start(place: CollectorPlace, workflow: string): Promise<LiveSession> {
    const facts = { agent_id: "caum-validation", workflow };
    const reply = await ask(place, "POST", "/v2/live/start", facts);
    const { session, session_token: token } = answerOf<{
      session: { session_id: string; dashboard_path: string };
      session_token: string;
    }>(reply);
    return new LiveSession(place, session.session_id, token, session.dashboard_path);
  }

  async send(event: Readonly<Record<string, unknown>>): Promise<LiveAnswer> {
    return answerOf<LiveAnswer>(await this.sendAnything(event));
  }

  /** The same with the status of the reply, for events that should be refused. */
  sendAnything(event: unknown): Promise<Reply> {
    const body = { session_id: this.id, session_token: this.#token, event };
    return ask(this.#place, "POST", "/v2/live/event", body);
  }

  /** Everything that anybody with the token can read back of the session. */
  read(path: string): Promise<Reply> {
    return ask(this.#place, "GET", path, undefined, { "x-caum-session-token": this.#token });
  }
}

/** @throws {CollectorError} when nobody answers */
export async function ask(
  place: CollectorPlace,
  method: string,
  path: string,
  body?: unknown,
  more: Readonly<Record<string, string>> = {},
): Promise<Reply> {
  const { url, apiKey, send = sendTo(url) } = place;
  const headers = {
    ...(apiKey === undefined ? {} : { authorization: `Bearer ${apiKey}` }),
    ...(body === undefined ? {} : { "content-type": "application/json" }),
    ...more,
  };
  try {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    return await send({ method, path, headers, body: text });
  } catch {
    throw new CollectorError(
      `no collector answers at ${url}: start one with caum up, or name it with --url`,
    );
  }
}

function sendTo(url: string): Send {
  return async ({ method, path, headers, body }) => {
    const signal = AbortSignal.timeout(WITHIN_MS);
    const init = { method, headers, signal, ...(body !== undefined && { body }) };
    const reply = await fetch(doorUrl(url, path), init);
    return {
      status: reply.status,
      text: Buffer.from(await reply.arrayBuffer()).toString("latin1"),
    };
  };
}

function answerOf<Answer>({ status, text }: Reply): Answer {
  if (status !== 200)
    throw new CollectorError(`the collector refused (${status}): ${text.slice(0, 300)}`);
  // True because the collector checks its answers against the schema of the door.
  return JSON.parse(Buffer.from(text, "latin1").toString("utf8")) as Answer;
}
