/** Reads what passed over HTTP and writes it down, conversation by conversation. */
import type { ServerEvent } from "../../backlog/event-framer.ts";
import type { Exchange, ExchangeEnd, HttpItem } from "../../backlog/exchange.ts";
import type { Reader } from "../../backlog/late-reader.ts";
import { SessionIds } from "../../session/session-ids.ts";
import { hasCalls, Place } from "../calls/open-requests.ts";
import { entryNameOf } from "../journal/entry-name.ts";
import { type ObserverFacts, Observers } from "../journal/observers.ts";
import { fieldsOf } from "../messages/fields.ts";
import { messagesOf } from "../messages/line-messages.ts";
import type { Message, Reply } from "../messages/message.ts";
import { type Ending, howItEnds } from "./exchange-end.ts";
import type { HttpConversation, LiveExchange } from "./http-conversation.ts";
import { HttpConversations } from "./http-conversations.ts";

export interface HttpRecorderOptions extends ObserverFacts {
  readonly server: string;
}

const TICK_MS = 5_000;
const HTTP_ERROR = 400;
const NOT_FOUND = 404;
/** Events after which a stream can be gone on with, and answers that came in events, remembered. */
const MAX_EVENTS = 10_000;

/** What is known of an exchange while it lasts. */
export interface Track extends LiveExchange {
  readonly target: HttpConversation;
  /** It goes on with the stream of an exchange before. */
  readonly isResumption: boolean;
  /** The client can ask for what came after an event of it. */
  isResumable: boolean;
  /** Since 2026-07-28 a client cancels by closing. */
  isModern: boolean;
  /** An error that does not say what it is about. */
  error?: Reply;
}

/** A message that waits until the answer tells which session it opened. */
interface Held {
  readonly message: Message;
  readonly time: number;
}

export function startHttpRecorder(options: HttpRecorderOptions): Reader<HttpItem> {
  const observers = new Observers(options);
  const ids = new SessionIds(observers.configuration);
  const serverName = entryNameOf(options.entry);
  const conversations = new HttpConversations(observers, ids, options.server, serverName);
  const recorder = new HttpRecorder(conversations, options.server);
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
      await conversations.closeAll();
      await observers.close(limitMs);
    },
  };
}

class HttpRecorder {
  readonly #conversations: HttpConversations;
  readonly #server: string;
  readonly #tracks = new WeakMap<Exchange, Track>();
  readonly #held = new WeakMap<Exchange, Held>();
  /** By the id of an event: the exchange whose stream can be gone on with behind it. */
  readonly #resumable = new Map<string, Track>();
  readonly #answers = new Set<string>();

  constructor(conversations: HttpConversations, server: string) {
    this.#conversations = conversations;
    this.#server = server;
  }

  accept(item: HttpItem): void {
    if ("end" in item) this.#end(item.exchange, item.end, item.time);
    else this.#event(item.exchange, item.event);
  }

  #event(exchange: Exchange, event: ServerEvent): void {
    const { name, id, data } = event;
    if (name === "endpoint") {
      const target = this.#conversations.openLegacy(exchange, data.head.toString("utf8"));
      if (target) this.#track(exchange, target, new Place(true));
      return;
    }
    const track = this.#tracks.get(exchange) ?? this.#resumed(exchange);
    if (track && id !== undefined && hasCalls(track.place)) {
      track.isResumable = true;
      remember(this.#resumable, `${exchange.sessionId}|${id}`, track);
    }
    if (name !== undefined) return;
    const messages = messagesOf(data);
    if (data.isCut && messages.length === 0) this.#conversations.forgot(1);
    for (const message of messages) {
      if (!this.#isReplayed(exchange, id, message)) {
        this.#message(exchange, message, data.toServer, data.time);
      }
    }
  }

  /** An answer that came in an event before, and comes again because the client asked for that. */
  #isReplayed(exchange: Exchange, eventId: string | undefined, message: Message): boolean {
    if (eventId === undefined || message.kind !== "reply") return false;
    const key = `${exchange.sessionId}|${eventId}|${message.id}`;
    if (this.#answers.has(key)) return exchange.lastEventId !== undefined;
    this.#answers.add(key);
    const [oldest] = this.#answers.size > MAX_EVENTS ? this.#answers : [];
    if (oldest !== undefined) this.#answers.delete(oldest);
    return false;
  }

  #message(exchange: Exchange, message: Message, toServer: boolean, time: number): void {
    if (toServer && isOpening(message) && exchange.status === undefined) {
      this.#held.set(exchange, { message, time });
      return;
    }
    this.#release(exchange);
    const track = this.#trackOf(exchange, message);
    const { target, place } = track;
    target.lastActiveAt = time;
    if (message.kind === "reply" && message.id === undefined) {
      // It is about what was asked in this exchange, whose end is near.
      if (!toServer) track.error = message;
      return;
    }
    if (message.kind === "request" && toServer) {
      track.isModern ||= MODERN_META in (fieldsOf(message.params._meta) ?? {});
      this.#redirectEarly(target, time);
    }
    target.conversation.accept(message, toServer, time, place);
  }

  /** A client follows a redirect as soon as it has the headers, the end of the answer comes later. */
  #redirectEarly(target: HttpConversation, time: number): void {
    for (const { exchange, place } of target.live) {
      if (!hasCalls(place)) continue;
      const ending = howItEnds("answered", exchange, this.#server);
      if (ending.kind === "redirected") target.conversation.redirect(place, ending.outcome, time);
    }
  }

  #end(exchange: Exchange, how: ExchangeEnd, time: number): void {
    this.#release(exchange);
    this.#sessionEnded(exchange, time);
    const track = this.#tracks.get(exchange) ?? this.#resumed(exchange);
    if (!track) return;
    const { target, place } = track;
    target.live.delete(track);
    if (exchange.isUnread && hasCalls(place)) target.dropped(1, "unreadable");
    this.#apply(track, howItEnds(how, exchange, this.#server, track), time);
    if (target.kind === "legacy" && exchange.method === "GET") this.#legacyEnded(track, how, time);
    if (target.isEnding && !target.isBusy && target.left.size === 0) {
      this.#conversations.close(target, time);
    }
  }

  #apply({ target, place }: Track, ending: Ending, time: number): void {
    target.left.delete(place);
    if (!hasCalls(place)) return;
    if (ending.kind === "failed") target.conversation.fail(place, ending.outcome, time);
    else if (ending.kind === "redirected") {
      target.conversation.redirect(place, ending.outcome, time);
    } else {
      place.isLeft = true;
      for (const other of target.left) if (!hasCalls(other)) target.left.delete(other);
      target.left.add(place);
    }
  }

  /** All answers of the older transport come in its one stream. */
  #legacyEnded({ target, exchange }: Track, how: ExchangeEnd, time: number): void {
    const ending = howItEnds(how, exchange, this.#server);
    if (ending.kind !== "failed") return;
    for (const place of target.left) target.conversation.fail(place, ending.outcome, time);
    target.left.clear();
    target.isOver = true;
    target.isEnding = true;
  }

  /** The client ended its session, or was told that there is none. */
  #sessionEnded(exchange: Exchange, time: number): void {
    const { method, status = 0 } = exchange;
    const target = this.#conversations.named(exchange);
    if (!target) return;
    if (status === NOT_FOUND) {
      target.isLost = true;
      target.isOver = true;
    }
    if (method !== "DELETE") return;
    target.isOver = true;
    if (status >= HTTP_ERROR) return;
    // What is under way may be answered all the same.
    target.isEnding = true;
    if (!target.isBusy && target.left.size === 0) this.#conversations.close(target, time);
  }

  #release(exchange: Exchange): void {
    const held = this.#held.get(exchange);
    if (!held) return;
    this.#held.delete(exchange);
    exchange.status ??= 0;
    this.#message(exchange, held.message, true, held.time);
  }

  #trackOf(exchange: Exchange, message: Message): Track {
    const known = this.#tracks.get(exchange) ?? this.#resumed(exchange);
    if (known) return known;
    const place = new Place(true, exchange.traceparent);
    return this.#track(exchange, this.#conversations.of(exchange, message), place);
  }

  /** A stream that goes on with one before: what was asked there is answered here. */
  #resumed(exchange: Exchange): Track | undefined {
    const { lastEventId, sessionId } = exchange;
    const before = lastEventId && this.#resumable.get(`${sessionId}|${lastEventId}`);
    if (!before) return undefined;
    const track = this.#track(exchange, before.target, before.place, true);
    track.isModern = before.isModern;
    return track;
  }

  #track(exchange: Exchange, target: HttpConversation, place: Place, isResumption = false): Track {
    const track = {
      exchange,
      target,
      place,
      isResumption,
      isResumable: isResumption,
      isModern: false,
    };
    this.#tracks.set(exchange, track);
    target.live.add(track);
    return track;
  }
}

/** Only revision 2026-07-28 and later have it in every request. */
const MODERN_META = "io.modelcontextprotocol/protocolVersion";

function isOpening(message: Message): boolean {
  return message.kind === "request" && message.method === "initialize";
}

function remember(events: Map<string, Track>, key: string, track: Track): void {
  events.delete(key);
  events.set(key, track);
  const [oldest] = events.size > MAX_EVENTS ? events.keys() : [];
  if (oldest !== undefined) events.delete(oldest);
}
