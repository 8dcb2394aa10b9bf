import { parseJson } from "../../capture/foreign-json.ts";
import type { Dialect, ModelTurn } from "../dialects/model-turn.ts";
import { EventStream } from "./event-stream.ts";

/** A whole body longer than this is not read: its turn stays unknown. */
const MAX_BODY_BYTES = 32 * 1024 * 1024;

/** Reads one answer out of the bytes of its body, in bounded memory. */
export interface AnswerReader {
  push(chunk: Uint8Array): void;
  /** No more bytes come. Undefined when they were no answer of the dialect. */
  finish(): ModelTurn | undefined;
  /** The answer came as events: when they stop before its end, it broke off. */
  readonly isStream: boolean;
}

export function answerReader(dialect: Dialect, contentType: string | null): AnswerReader {
  return contentType?.includes("text/event-stream")
    ? new StreamedAnswer(dialect)
    : new WholeAnswer(dialect);
}

class StreamedAnswer implements AnswerReader {
  readonly isStream = true;
  readonly #turn;
  readonly #events: EventStream;
  #missed = false;

  constructor(dialect: Dialect) {
    this.#turn = dialect.openStream();
    this.#events = new EventStream(
      (data) => this.#turn.push(data),
      () => {
        this.#missed = true;
      },
    );
  }

  push(chunk: Uint8Array): void {
    this.#events.push(chunk);
  }

  finish(): ModelTurn | undefined {
    this.#events.end();
    return this.#missed ? undefined : this.#turn.turn();
  }
}

class WholeAnswer implements AnswerReader {
  readonly isStream = false;
  readonly #dialect: Dialect;
  readonly #decoder = new TextDecoder();
  #pieces: string[] = [];
  #bytes = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  push(chunk: Uint8Array): void {
    this.#bytes += chunk.byteLength;
    if (this.#bytes > MAX_BODY_BYTES) this.#pieces = [];
    else this.#pieces.push(this.#decoder.decode(chunk, { stream: true }));
  }

  finish(): ModelTurn | undefined {
    if (this.#bytes > MAX_BODY_BYTES) return undefined;
    const text = this.#pieces.join("") + this.#decoder.decode();
    this.#pieces = [];
    return this.#dialect.readAnswer(parseJson(text));
  }
}
