/** Sees one body pass and takes the messages out of it, whatever it is packed in. */
import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { Clip, type Keeper } from "../backlog/clip.ts";
import { EventFramer, type ServerEvent } from "../backlog/event-framer.ts";
import { copyOf, type Kept, KeptText } from "../backlog/kept-text.ts";
import type { BodyReader, WaitingBodies } from "./body-queue.ts";

export interface BodyFacts {
  readonly toServer: boolean;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

/** What is found in a body. */
export interface BodyListener {
  emit(event: ServerEvent): void;
  /** The body is packed in a way that cannot be unpacked here: messages were missed. */
  missed(): void;
  /** Called once, after the last message. */
  end(time: number): void;
}

const DECODERS = new Map<string, () => Transform>([
  ["gzip", zlib.createGunzip],
  ["x-gzip", zlib.createGunzip],
  ["deflate", zlib.createInflate],
  ["br", zlib.createBrotliDecompress],
]);
// Since Node 22.15 and 23.8; older ones count what they cannot read.
if (typeof zlib.createZstdDecompress === "function")
  DECODERS.set("zstd", zlib.createZstdDecompress);
/** Types of a body that may hold anything. */
const UNTYPED = new Set(["", "text/plain", "application/octet-stream"]);
const EVENT_FIELD = /^(:|data:|event:|id:|retry:)/;
const LONGEST_FIELD = 8;
/** A decoder that lags behind by more than this is given up: it must not hold memory. */
const MAX_UNDECODED_BYTES = 4 * 1024 * 1024;

/** Where the chunks of one body go; `end` when it is complete. */
export interface BodyTap {
  add(chunk: Buffer): void;
  end(): void;
}

/** @param queue where the body waits to be read: `listener` is only called from there */
export function tapBody(facts: BodyFacts, queue: WaitingBodies, listener: BodyListener): BodyTap {
  const encoding = facts.contentEncoding?.trim().toLowerCase() ?? "identity";
  const plain = tapPlain(facts, queue, listener);
  if (encoding === "identity" || plain === undefined) {
    return plain ?? ignored(queue, listener);
  }
  const open = DECODERS.get(encoding);
  if (open) return tapEncoded(open(), plain, listener);
  listener.missed();
  return ignored(queue, listener);
}

/** A body that can hold no message. */
function ignored(queue: WaitingBodies, to: BodyListener): BodyTap {
  return { add() {}, end: () => queue.end(to, Date.now(), true) };
}

function tapPlain(
  facts: BodyFacts,
  queue: WaitingBodies,
  listener: BodyListener,
): BodyTap | undefined {
  const type = facts.contentType?.split(";")[0]?.trim().toLowerCase();
  const tap = (isEvents: boolean) => tapText(facts, isEvents, queue, listener);
  if (type === "text/event-stream") return tap(true);
  if (type === undefined || UNTYPED.has(type)) return tapUntyped(tap);
  return /\bjson\b/.test(type) ? tap(false) : undefined;
}

function tapText(
  { toServer }: BodyFacts,
  isEvents: boolean,
  queue: WaitingBodies,
  listener: BodyListener,
): BodyTap {
  const reader = isEvents ? new EventsReader(listener) : new JsonReader(toServer, listener);
  return new TextTap(queue, reader, { isEvents, isReply: !toServer });
}

/** In the path of the bytes they are only kept. */
class TextTap implements BodyTap, Keeper {
  readonly #queue: WaitingBodies;
  readonly #reader: BodyReader;
  readonly #isReply: boolean;
  readonly #clip: Clip;

  constructor(
    queue: WaitingBodies,
    reader: BodyReader,
    { isEvents, isReply }: { readonly isEvents: boolean; readonly isReply: boolean },
  ) {
    this.#queue = queue;
    this.#reader = reader;
    this.#isReply = isReply;
    this.#clip = new Clip(this, isEvents ? "line" : "body");
  }

  add(chunk: Buffer): void {
    this.#clip.push(chunk, Date.now());
  }

  end(): void {
    const now = Date.now();
    this.#clip.end(now);
    this.#queue.end(this.#reader, now, this.#isReply);
  }

  get room(): number {
    return this.#queue.room;
  }

  keep(bytes: Buffer, time: number): void {
    this.#queue.keep(this.#reader, bytes, time, this.#isReply);
  }

  skip(byteLength: number, time: number): void {
    this.#queue.skip(this.#reader, byteLength, time, this.#isReply);
  }

  forget(): void {
    this.#queue.forget();
  }
}

class EventsReader implements BodyReader {
  readonly #framer = new EventFramer();
  readonly #listener: BodyListener;

  constructor(listener: BodyListener) {
    this.#listener = listener;
  }

  read(bytes: Buffer, time: number): void {
    this.#framer.feed(bytes, time, this.#emit);
  }

  skip(byteLength: number, time: number): void {
    this.#framer.skip(byteLength, time, this.#emit);
  }

  end(time: number): void {
    this.#listener.end(time);
  }

  readonly #emit = (event: ServerEvent): void => this.#listener.emit(event);
}

class JsonReader implements BodyReader {
  readonly #toServer: boolean;
  readonly #listener: BodyListener;
  /** Made when it is read: until then some hundred bodies may wait. */
  #body: KeptText | undefined;

  constructor(toServer: boolean, listener: BodyListener) {
    this.#toServer = toServer;
    this.#listener = listener;
  }

  read(bytes: Buffer, time: number): void {
    this.#text().add(bytes, (kept) => this.#emit(copyOf(kept), time));
  }

  skip(byteLength: number, time: number): void {
    this.#text().skip(byteLength, (kept) => this.#emit(copyOf(kept), time));
  }

  end(time: number): void {
    const kept = this.#body?.take();
    if (kept && kept.byteLength > 0) this.#emit(kept, time);
    this.#listener.end(time);
  }

  #text(): KeptText {
    this.#body ??= new KeptText();
    return this.#body;
  }

  #emit(kept: Kept, time: number): void {
    this.#listener.emit({ data: { toServer: this.#toServer, time, ...kept } });
  }
}

/** A body whose type says nothing is what it begins like. */
function tapUntyped(open: (isEvents: boolean) => BodyTap): BodyTap {
  let tap: BodyTap | undefined;
  return {
    add(chunk) {
      if (chunk.length === 0) return;
      tap ??= open(EVENT_FIELD.test(chunk.toString("latin1", 0, LONGEST_FIELD)));
      tap.add(chunk);
    },
    end: () => (tap ?? open(false)).end(),
  };
}

function tapEncoded(decoder: Transform, plain: BodyTap, listener: BodyListener): BodyTap {
  let isOpen = true;
  const finish = () => {
    if (isOpen) plain.end();
    isOpen = false;
  };
  const giveUp = () => {
    if (isOpen) listener.missed();
    finish();
  };
  decoder.on("data", (chunk: Buffer) => plain.add(chunk));
  decoder.on("end", finish);
  decoder.on("error", giveUp);
  return {
    add(chunk) {
      if (isOpen && decoder.writableLength > MAX_UNDECODED_BYTES) {
        decoder.destroy();
        giveUp();
      } else if (isOpen) {
        decoder.write(chunk);
      }
    },
    end() {
      if (isOpen) decoder.end();
    },
  };
}
