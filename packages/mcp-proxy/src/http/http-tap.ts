/** Where the bodies of an HTTP proxy are seen; what is in them is read later. */
import type { IncomingMessage } from "node:http";
import type { ServerEvent } from "../backlog/event-framer.ts";
import type { Exchange, ExchangeEnd, HttpItem } from "../backlog/exchange.ts";
import { LateReader, type Loading, loadBuiltins } from "../backlog/late-reader.ts";
import { noteBlind } from "../command/blind-note.ts";
import type { ProxyOptions } from "../command/command-line.ts";
import { version } from "../command/help.ts";
import { say } from "../command/say.ts";
import type { HttpRecorderOptions } from "../tap/http/http-recorder.ts";
import { BodyQueue } from "./body-queue.ts";
import { type BodyListener, type BodyTap, tapBody } from "./body-tap.ts";
import { headerIn } from "./raw-headers.ts";

/** What the forwarder tells about one exchange, in the order in which it happens. */
export interface ExchangeTap {
  readonly request: BodyTap;
  answer(response: IncomingMessage): BodyTap;
  end(how: ExchangeEnd): void;
}

export class HttpTap {
  readonly #queue = new BodyQueue<HttpItem>((isReply) => this.#reader.passed(Date.now(), isReply));
  readonly #reader: LateReader<HttpItem>;
  readonly #onPast: () => void;
  #exchanges = 0;

  /** @param onPast told when an address that cannot be changed leads the client past us */
  constructor(options: ProxyOptions, server: string, onPast: () => void) {
    this.#onPast = onPast;
    const facts = { ...options, server, version, say };
    this.#reader = new LateReader(
      this.#queue,
      () => loadRecorder(facts),
      () => noteBlind("recorder", options.home),
    );
    this.#reader.survive();
  }

  /** Undefined when nothing is recorded any more. */
  open(request: IncomingMessage): ExchangeTap | undefined {
    if (this.#reader.isOff) return undefined;
    const exchange: Exchange = {
      number: this.#exchanges++,
      method: request.method ?? "",
      path: request.url ?? "",
      sessionId: headerIn(request.rawHeaders, "mcp-session-id"),
      traceparent: headerIn(request.rawHeaders, "traceparent"),
      lastEventId:
        request.method === "GET" ? headerIn(request.rawHeaders, "last-event-id") : undefined,
      client: `${request.socket.remoteAddress}|${headerIn(request.rawHeaders, "user-agent")}`,
    };
    return this.#tapOf(exchange, request);
  }

  /** A signal came: closes the runs as they stand, now. */
  interrupt(): void {
    this.#reader.interrupt();
  }

  close(limitMs: number): Promise<void> {
    return this.#reader.close(limitMs);
  }

  #tapOf(exchange: Exchange, request: IncomingMessage): ExchangeTap {
    const queue = this.#queue;
    const onPast = this.#onPast;
    let answer: BodyTap | undefined;
    return {
      request: tapBody(factsOf(request, true), queue, new Asked(queue, exchange)),
      answer(response) {
        exchange.status = response.statusCode ?? 0;
        exchange.openedSessionId = headerIn(response.rawHeaders, "mcp-session-id");
        exchange.location = headerIn(response.rawHeaders, "location");
        const host = headerIn(request.rawHeaders, "host");
        if (exchange.location !== undefined) exchange.host = host;
        const isPacked = headerIn(response.rawHeaders, "content-encoding") !== undefined;
        const onEvent = isPacked ? watchFor(onPast, host) : undefined;
        const listener = new Answered(queue, exchange, onEvent);
        answer = tapBody(factsOf(response, false), queue, listener);
        return answer;
      },
      end(how) {
        // A whole answer ends the exchange itself, after its last message was decoded.
        if (how === "answered" && answer) answer.end();
        else
          queue.end({ end: (time) => queue.found({ exchange, end: how, time }) }, Date.now(), true);
      },
    };
  }
}

// What waits in the queue holds one of these. None of them may hold Node's request or answer: some
// hundred exchanges wait under steady traffic, and each would keep its streams.

/** What a client asks. Where it cannot be read it is not known, and its answer counts as unpaired. */
class Asked implements BodyListener {
  readonly #queue: BodyQueue<HttpItem>;
  readonly #exchange: Exchange;

  constructor(queue: BodyQueue<HttpItem>, exchange: Exchange) {
    this.#queue = queue;
    this.#exchange = exchange;
  }

  emit(event: ServerEvent): void {
    this.#queue.found({ exchange: this.#exchange, event });
  }

  missed(): void {}

  end(): void {}
}

/** What a server answers; its end is that of the exchange. */
class Answered implements BodyListener {
  readonly #queue: BodyQueue<HttpItem>;
  readonly #exchange: Exchange;
  readonly #onEvent: ((event: ServerEvent) => void) | undefined;

  /** @param onEvent told of every event too */
  constructor(
    queue: BodyQueue<HttpItem>,
    exchange: Exchange,
    onEvent: ((event: ServerEvent) => void) | undefined,
  ) {
    this.#queue = queue;
    this.#exchange = exchange;
    this.#onEvent = onEvent;
  }

  emit(event: ServerEvent): void {
    this.#onEvent?.(event);
    this.#queue.found({ exchange: this.#exchange, event });
  }

  missed(): void {
    this.#exchange.isUnread = true;
  }

  end(time: number): void {
    this.#queue.found({ exchange: this.#exchange, end: "answered", time });
  }
}

/** Looks for an address that leads past us in events that are packed: nobody else reads those. */
function watchFor(onPast: () => void, host: string | undefined) {
  return (event: ServerEvent) => {
    if (leadsPast(event, host)) onPast();
  };
}

/** An address to post to that is not ours, in a stream that passes as it is. */
function leadsPast({ name, data }: ServerEvent, host = "localhost"): boolean {
  if (name !== "endpoint") return false;
  const address = data.head.toString("utf8");
  const isHost = URL.canParse(address) || address.startsWith("//");
  const base = `http://${host}`;
  return isHost && URL.canParse(address, base) && new URL(address, base).origin !== base;
}

function factsOf(message: IncomingMessage, toServer: boolean) {
  return {
    toServer,
    contentType: headerIn(message.rawHeaders, "content-type"),
    contentEncoding: headerIn(message.rawHeaders, "content-encoding"),
  };
}

function* loadRecorder(options: HttpRecorderOptions): Loading<HttpItem> {
  yield* loadBuiltins();
  // True because bundle.mjs makes this file from that module.
  const { startHttpRecorder } = require("./recorder.cjs") as typeof import("../tap/recorder.ts");
  yield 0;
  return startHttpRecorder(options);
}
