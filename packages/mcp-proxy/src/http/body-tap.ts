/** Sees one body pass and takes the messages out of it, whatever it is packed in. */
import type { Transform } from "node:stream";
import zlib from "node:zlib";
import { copyOf, type Kept, KeptText } from "../relay/tapped/kept-text.ts";
import { EventFramer, type ServerEvent } from "./event-framer.ts";

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
  end(): void;
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

export function tapBody(facts: BodyFacts, listener: BodyListener): BodyTap {
  const encoding = facts.contentEncoding?.trim().toLowerCase() ?? "identity";
  const plain = tapPlain(facts, listener);
  if (encoding === "identity" || plain === undefined) return plain ?? ignored(listener);
  const open = DECODERS.get(encoding);
  if (open) return tapEncoded(open(), plain, listener);
  listener.missed();
  return ignored(listener);
}

/** A body that can hold no message. */
function ignored(listener: BodyListener): BodyTap {
  return { add() {}, end: () => listener.end() };
}

function tapPlain(facts: BodyFacts, listener: BodyListener): BodyTap | undefined {
  const type = facts.contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "text/event-stream") return tapEvents(listener);
  if (type === undefined || UNTYPED.has(type)) return tapUntyped(facts, listener);
  return /\bjson\b/.test(type) ? tapJson(facts, listener) : undefined;
}

function tapEvents(listener: BodyListener): BodyTap {
  const framer = new EventFramer();
  const emit = (event: ServerEvent) => listener.emit(event);
  return { add: (chunk) => framer.feed(chunk, Date.now(), emit), end: () => listener.end() };
}

function tapJson({ toServer }: BodyFacts, listener: BodyListener): BodyTap {
  const body = new KeptText();
  const emit = (kept: Kept) => listener.emit({ data: { toServer, time: Date.now(), ...kept } });
  const emitCopy = (kept: Kept) => emit(copyOf(kept));
  return {
    add: (chunk) => body.add(chunk, emitCopy),
    end() {
      const kept = body.take();
      if (kept.byteLength > 0) emit(kept);
      listener.end();
    },
  };
}

/** A body whose type says nothing is what it begins like. */
function tapUntyped(facts: BodyFacts, listener: BodyListener): BodyTap {
  let tap: BodyTap | undefined;
  return {
    add(chunk) {
      if (!tap && chunk.length > 0) {
        const isEvents = EVENT_FIELD.test(chunk.toString("latin1", 0, LONGEST_FIELD));
        tap = isEvents ? tapEvents(listener) : tapJson(facts, listener);
      }
      tap?.add(chunk);
    },
    end: () => (tap ?? listener).end(),
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
