/** Reads what passed over HTTP and writes it down, conversation by conversation. */
import type { ServerEvent } from "../http/event-framer.ts";
import type { Exchange, ExchangeEnd, HttpItem } from "../http/http-tap.ts";
import type { Reader } from "../relay/late-reader.ts";
import { SessionIds } from "../session/session-ids.ts";
import { type HttpConversation, HttpConversations } from "./http-conversations.ts";
import { type Message, messagesOf, type RequestId } from "./message.ts";
import { type ObserverFacts, Observers } from "./observers.ts";
import { outcomeOf } from "./reply-status.ts";

export interface HttpRecorderOptions extends ObserverFacts {
  readonly sessionId?: string;
  readonly server: string;
}

const TICK_MS = 5_000;
const HTTP_ERROR = 400;

/** What is known of an exchange while it lasts. */
interface Track {
  readonly conversation: HttpConversation;
  readonly asked: Set<RequestId>;
}

export function startHttpRecorder(options: HttpRecorderOptions): Reader<HttpItem> {
  const observers = new Observers(options);
  const ids = new SessionIds(observers.home, options.sessionId);
  const conversations = new HttpConversations(observers, ids, options.server);
  const recorder = new HttpRecorder(conversations);
  const timer = setInterval(() => conversations.tick(Date.now()), TICK_MS).unref();
  return {
    accept: (item) => recorder.accept(item),
    forgot: (count) => conversations.forgot(count),
    async close() {
      clearInterval(timer);
      await conversations.close();
      await observers.close();
    },
  };
}

class HttpRecorder {
  readonly #conversations: HttpConversations;
  readonly #tracks = new WeakMap<Exchange, Track>();

  constructor(conversations: HttpConversations) {
    this.#conversations = conversations;
  }

  accept(item: HttpItem): void {
    if ("end" in item) this.#end(item.exchange, item.end, item.time);
    else this.#event(item.exchange, item.event);
  }

  #event(exchange: Exchange, event: ServerEvent): void {
    const { data } = event;
    if (event.name === "endpoint") {
      this.#conversations.openLegacy(exchange, data.head.toString("utf8"));
      return;
    }
    if (event.name !== undefined) return;
    for (const message of messagesOf(data)) {
      const track = this.#trackOf(exchange, message);
      const { conversation } = track;
      if (data.toServer && message.kind === "request") track.asked.add(message.id);
      if (!data.toServer && message.kind === "reply") track.asked.delete(message.id);
      conversation.accept(exchange, message, data.toServer, data.time);
    }
  }

  /** What was asked in this exchange and not answered in it. */
  #end(exchange: Exchange, how: ExchangeEnd, time: number): void {
    const track = this.#tracks.get(exchange);
    if (exchange.method === "DELETE") this.#conversations.end(exchange, time);
    if (!track || track.asked.size === 0) return;
    const { status = 0 } = exchange;
    const isRefused = how === "answered" && status >= HTTP_ERROR;
    // Answers of a session may still come on another stream.
    if (!isRefused && track.conversation.hasSession) return;
    for (const id of track.asked) {
      if (how === "client_gone") {
        track.conversation.fail(exchange, id, { status: "cancelled" }, time);
      } else {
        const errorClass = isRefused ? `http:${status}` : "http:no_answer";
        track.conversation.fail(exchange, id, { ...outcomeOf({ errorCode: 0 }), errorClass }, time);
      }
    }
  }

  #trackOf(exchange: Exchange, message: Message): Track {
    const known = this.#tracks.get(exchange);
    if (known) {
      this.#conversations.nameSession(exchange, known.conversation);
      return known;
    }
    const conversation = this.#conversations.of(exchange, message);
    const track = { conversation, asked: new Set<RequestId>() };
    this.#tracks.set(exchange, track);
    return track;
  }
}
