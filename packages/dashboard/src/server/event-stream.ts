/** Server-sent events over fetch: it resumes by `Last-Event-ID`, backs off, and says how it stands. */

import { below } from "./base-path.ts";
import { GONE, NOT_FOUND, UNAUTHORIZED } from "./request.ts";

/**
 * `waiting`: the collector cannot be reached, the next try is under way. `gone`: there is nothing to
 * follow, and asking again would not change that.
 */
export type Connection = "connecting" | "live" | "waiting" | "signed_out" | "gone";

/** Answers after which there is no next try. */
const FINAL: ReadonlyMap<number, Connection> = new Map([
  [UNAUTHORIZED, "signed_out"],
  [NOT_FOUND, "gone"],
  [GONE, "gone"],
]);

export interface StreamHandlers {
  onEvent(type: string, data: string): void;
  onConnection(connection: Connection): void;
}

const FIRST_DELAY_MS = 500;
const MAX_DELAY_MS = 15_000;
/** The collector says something every 15 s; after this long the line is dead. */
const SILENCE_MS = 40_000;

/**
 * @param lastId id of the last event that is known from elsewhere; "" for none
 * @returns closes the stream
 */
export function openStream(path: string, lastId: string, handlers: StreamHandlers): () => void {
  const closing = new AbortController();
  const stream = new Stream(path, lastId, handlers, closing.signal);
  void stream.run();
  return () => closing.abort();
}

class Stream {
  readonly #path: string;
  readonly #handlers: StreamHandlers;
  readonly #closing: AbortSignal;
  #lastId: string;
  #failures = 0;

  constructor(path: string, lastId: string, handlers: StreamHandlers, closing: AbortSignal) {
    this.#path = path;
    this.#lastId = lastId;
    this.#handlers = handlers;
    this.#closing = closing;
  }

  async run(): Promise<void> {
    while (!this.#closing.aborted) {
      this.#handlers.onConnection(this.#failures === 0 ? "connecting" : "waiting");
      const final = await this.#attempt().catch(() => undefined);
      if (this.#closing.aborted) return;
      if (final !== undefined) return this.#handlers.onConnection(final);
      this.#handlers.onConnection("waiting");
      await this.#pause();
      this.#failures += 1;
    }
  }

  /** @returns how it ended, where that is for good */
  async #attempt(): Promise<Connection | undefined> {
    const silence = new AbortController();
    let timer = setTimeout(() => silence.abort(), SILENCE_MS);
    try {
      const answer = await fetch(below(this.#path), {
        headers: this.#lastId === "" ? {} : { "last-event-id": this.#lastId },
        signal: AbortSignal.any([this.#closing, silence.signal]),
      });
      if (!answer.ok || answer.body === null) return FINAL.get(answer.status);
      this.#failures = 0;
      this.#handlers.onConnection("live");
      const reader = answer.body.pipeThrough(new TextDecoderStream()).getReader();
      let rest = "";
      for (let part = await reader.read(); !part.done; part = await reader.read()) {
        clearTimeout(timer);
        timer = setTimeout(() => silence.abort(), SILENCE_MS);
        rest = this.#take(rest + part.value);
      }
      return undefined;
    } finally {
      clearTimeout(timer);
    }
  }

  /** Hands over every whole event. @returns what is left */
  #take(text: string): string {
    const blocks = text.split("\n\n");
    const rest = blocks.pop() ?? "";
    for (const block of blocks) {
      let type = "message";
      const data: string[] = [];
      for (const line of block.split("\n")) {
        const [name, value] = [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)];
        const text = value.replace(/^ /, "");
        if (name === "id") this.#lastId = text;
        else if (name === "event") type = text;
        else if (name === "data") data.push(text);
      }
      if (data.length > 0) this.#handlers.onEvent(type, data.join("\n"));
    }
    return rest;
  }

  /** Doubles with each failure; half of it is left to chance, so that pages do not come as one. */
  async #pause(): Promise<void> {
    const longest = Math.min(MAX_DELAY_MS, FIRST_DELAY_MS * 2 ** this.#failures);
    const ms = longest * (0.5 + Math.random() / 2);
    await new Promise<void>((resolve) => {
      setTimeout(resolve, ms);
      addEventListener("online", () => resolve(), { once: true });
      this.#closing.addEventListener("abort", () => resolve(), { once: true });
    });
  }
}
