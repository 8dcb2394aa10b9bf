/** Reads what passed over HTTP and writes it down, conversation by conversation. */
import type { ServerEvent } from "../http/event-framer.ts";
import type { Exchange, ExchangeEnd, HttpItem } from "../http/http-tap.ts";
import type { Reader } from "../relay/tapped/late-reader.ts";
import { SessionIds } from "../session/session-ids.ts";
import { keyOfId } from "./calls/open-calls.ts";
import type { Outcome } from "./calls/reply-status.ts";
import { type HttpConversation, HttpConversations } from "./http-conversations.ts";
import { type Message, messagesOf, type RequestId } from "./messages/message.ts";
import { type ObserverFacts, Observers } from "./observers.ts";

export interface HttpRecorderOptions extends ObserverFacts {
  readonly server: string;
}

const TICK_MS = 5_000;
const HTTP_ERROR = 400;

/** What is known of an exchange while it lasts. */
interface Track {
  readonly target: HttpConversation;
  readonly asked: Set<RequestId>;
}

/** A message that waits until the answer tells which session it opened. */
interface Held {
  readonly message: Message;
  readonly time: number;
}

export function startHttpRecorder(options: HttpRecorderOptions): Reader<HttpItem> {
  const observers = new Observers(options);
  const ids = new SessionIds(observers.configuration);
  const conversations = new HttpConversations(observers, ids, options.server);
  const recorder = new HttpRecorder(conversations);
  const timer = setInterval(() => conversations.tick(Date.now()), TICK_MS).unref();
  return {
    accept: (item) => recorder.accept(item),
    forgot: (count) => conversations.forgot(count),
    rest: () => observers.rest(),
    interrupt() {
      conversations.interrupt();
      observers.closeRunsNow();
    },
    async close(limitMs) {
      clearInterval(timer);
      await conversations.close();
      await observers.close(limitMs);
    },
  };
}

class HttpRecorder {
  readonly #conversations: HttpConversations;
  readonly #tracks = new WeakMap<Exchange, Track>();
  readonly #held = new WeakMap<Exchange, Held>();

  constructor(conversations: HttpConversations) {
    this.#conversations = conversations;
  }

  accept(item: HttpItem): void {
    if ("end" in item) this.#end(item.exchange, item.end, item.time);
    else this.#event(item.exchange, item.event);
  }

  #event(exchange: Exchange, { name, data }: ServerEvent): void {
    if (name === "endpoint") {
      const target = this.#conversations.openLegacy(exchange, data.head.toString("utf8"));
      if (target) this.#tracks.set(exchange, { target, asked: new Set() });
    } else if (name === undefined) {
      for (const message of messagesOf(data)) {
        this.#message(exchange, message, data.toServer, data.time);
      }
    }
  }

  #message(exchange: Exchange, message: Message, toServer: boolean, time: number): void {
    if (toServer && isOpening(message) && exchange.status === undefined) {
      this.#held.set(exchange, { message, time });
      return;
    }
    this.#release(exchange);
    const track = this.#trackOf(exchange, message);
    if (message.kind === "request" && toServer) track.asked.add(message.id);
    if (message.kind === "reply" && !toServer) track.asked.delete(message.id);
    track.target.lastActiveAt = time;
    const scoped =
      "id" in message ? { ...message, id: scopedId(track, exchange, message.id) } : message;
    track.target.conversation.accept(scoped, toServer, time);
  }

  /** What was asked in this exchange and not answered in it. */
  #end(exchange: Exchange, how: ExchangeEnd, time: number): void {
    this.#release(exchange);
    const { status = 0 } = exchange;
    if (exchange.method === "DELETE" && status < HTTP_ERROR)
      this.#conversations.end(exchange, time);
    const track = this.#tracks.get(exchange);
    if (!track) return;
    const isRefused = how === "answered" && status >= HTTP_ERROR;
    if (exchange.isUnread && track.asked.size > 0) track.target.dropped(1, "unreadable");
    // Answers within a session may still come on another stream.
    if (!isRefused && !exchange.isUnread && track.target.hasSession) return;
    for (const id of track.asked) {
      const scoped = scopedId(track, exchange, id);
      track.target.conversation.fail(scoped, outcomeOfEnd(how, exchange), time);
    }
  }

  #release(exchange: Exchange): void {
    const held = this.#held.get(exchange);
    if (!held) return;
    this.#held.delete(exchange);
    exchange.status ??= 0;
    this.#message(exchange, held.message, true, held.time);
  }

  #trackOf(exchange: Exchange, message: Message): Track {
    const known = this.#tracks.get(exchange);
    if (known) return known;
    const target = this.#conversations.of(exchange, message);
    const track = { target, asked: new Set<RequestId>() };
    this.#tracks.set(exchange, track);
    return track;
  }
}

function isOpening(message: Message): boolean {
  return message.kind === "request" && message.method === "initialize";
}

/** Without a session, ids are unique within one exchange only. */
function scopedId({ target }: Track, exchange: Exchange, id: RequestId): RequestId {
  return target.hasSession ? id : `${exchange.number}:${keyOfId(id)}`;
}

function outcomeOfEnd(how: ExchangeEnd, { status = 0, isUnread }: Exchange): Outcome {
  if (how === "client_gone") return { status: "cancelled" };
  const isRefused = how === "answered" && status >= HTTP_ERROR;
  if (isUnread && !isRefused) return { status: "unknown" };
  return { status: "error", errorClass: isRefused ? `http:${status}` : "http:no_answer" };
}
