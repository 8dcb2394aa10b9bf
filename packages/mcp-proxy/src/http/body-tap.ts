/** Sees one body pass and takes the messages out of it, whatever it is packed in. */
import type { Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { HeadAndTail } from "../relay/head-and-tail.ts";
import type { Line } from "../relay/line-framer.ts";
import { EventFramer, type ServerEvent } from "./event-framer.ts";

export interface BodyFacts {
  readonly toServer: boolean;
  readonly contentType: string | undefined;
  readonly contentEncoding: string | undefined;
}

type Emit = (event: ServerEvent) => void;

const DECODERS = new Map<string, () => Transform>([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);
/** A decoder that lags behind by more than this is given up: it must not hold memory. */
const MAX_UNDECODED_BYTES = 4 * 1024 * 1024;

/** Where the chunks of one body go; `end` when it is complete. */
export interface BodyTap {
  add(chunk: Buffer): void;
  end(): void;
}

const IGNORED: BodyTap = { add() {}, end() {} };

/** @param onEnd called once after the last message was emitted */
export function tapBody(facts: BodyFacts, emit: Emit, onEnd: () => void): BodyTap {
  const plain = tapPlain(facts, emit, onEnd);
  const encoding = facts.contentEncoding?.trim().toLowerCase() ?? "identity";
  if (encoding === "identity") return plain;
  const open = DECODERS.get(encoding);
  return open ? tapEncoded(open(), plain) : { ...IGNORED, end: onEnd };
}

function tapPlain(facts: BodyFacts, emit: Emit, onEnd: () => void): BodyTap {
  const type = facts.contentType?.split(";")[0]?.trim().toLowerCase();
  if (type === "text/event-stream") {
    const framer = new EventFramer();
    return { add: (chunk) => framer.feed(chunk, Date.now(), emit), end: onEnd };
  }
  if (type !== "application/json") return { ...IGNORED, end: onEnd };
  const body = new HeadAndTail();
  return {
    add: (chunk) => body.add(chunk),
    end() {
      const data: Line = { toServer: facts.toServer, time: Date.now(), ...body.take() };
      if (data.byteLength > 0) emit({ data });
      onEnd();
    },
  };
}

function tapEncoded(decoder: Transform, plain: BodyTap): BodyTap {
  let isOpen = true;
  const finish = () => {
    if (isOpen) plain.end();
    isOpen = false;
  };
  decoder.on("data", (chunk: Buffer) => plain.add(chunk));
  decoder.on("end", finish);
  decoder.on("error", finish);
  return {
    add(chunk) {
      if (isOpen && decoder.writableLength > MAX_UNDECODED_BYTES) {
        decoder.destroy();
        finish();
      } else if (isOpen) {
        decoder.write(chunk);
      }
    },
    end() {
      if (isOpen) decoder.end();
    },
  };
}
