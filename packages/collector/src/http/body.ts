/** Bodies: size limits before and after unpacking, UTF-8, and the bytes as they came. */
import { isUtf8 } from "node:buffer";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DoorError } from "./door-error.ts";

const unpack = promisify(gunzip);

/** What a compressed body may unpack to. */
const MAX_UNPACKED_JSON = 4 * 1024 * 1024;
const MAX_UNPACKED_LINES = 16 * 1024 * 1024;
const NDJSON = ["application/x-ndjson", "application/ndjson", "application/jsonl"];

const bodies = new WeakMap<FastifyRequest, string>();

/** The text of a JSON body as it came. */
export function rawBodyOf(request: FastifyRequest): string {
  return bodies.get(request) ?? "";
}

/** Reads JSON into `request.body`, and NDJSON as text. */
export function readBodies(app: FastifyInstance): void {
  const parseJson = app.getDefaultJsonParser("error", "error");
  app.addContentTypeParser("application/json", { parseAs: "buffer" }, (request, body, done) => {
    // `parseAs` says that it is one.
    textOf(request, body as Buffer, MAX_UNPACKED_JSON).then(
      (text) => {
        if (text === "") return done(null, undefined);
        bodies.set(request, text);
        parseJson(request, text, done);
      },
      (failure) => done(failure),
    );
  });
  app.addContentTypeParser(NDJSON, { parseAs: "buffer" }, (request, body, done) => {
    textOf(request, body as Buffer, MAX_UNPACKED_LINES).then(
      (text) => done(null, text),
      (failure) => done(failure),
    );
  });
}

async function textOf(request: FastifyRequest, body: Buffer, limit: number): Promise<string> {
  const encoding = request.headers["content-encoding"] ?? "identity";
  const plain = encoding === "identity" ? body : await unpacked(body, encoding, limit);
  if (!isUtf8(plain)) throw new DoorError("VALIDATION_ERROR", "the body is not UTF-8");
  return plain.toString("utf8");
}

async function unpacked(body: Buffer, encoding: string, limit: number): Promise<Buffer> {
  if (encoding !== "gzip") {
    throw new DoorError("UNSUPPORTED_MEDIA_TYPE", "send the body as it is, or with gzip");
  }
  try {
    return await unpack(body, { maxOutputLength: limit });
  } catch (failure) {
    const isTooLarge =
      failure instanceof Error && "code" in failure && failure.code === "ERR_BUFFER_TOO_LARGE";
    if (isTooLarge) throw new DoorError("PAYLOAD_TOO_LARGE", "the unpacked body is too large");
    throw new DoorError("VALIDATION_ERROR", "the body is no valid gzip");
  }
}
