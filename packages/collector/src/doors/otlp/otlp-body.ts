/** Bodies of OTLP requests: of any size that an exporter sends, in bounded memory. */
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import type { FastifyRequest } from "fastify";
import { DoorError } from "../../http/door-error.ts";

/** Exporters never send a batch again that was too large for somebody: what is refused is lost. */
const MAX_BODY = 32 * 1024 * 1024;
/** Most bodies are smaller than this and never wait. */
const SMALL_BODY = 1024 * 1024;
/** Exporters give up after ten seconds and count a longer wait as a loss. */
const PATIENCE_MS = 4_000;
const RETRY_SECONDS = 2;

/** Large bodies that are read or understood at one time; the others wait without being read. */
export class LargeBodies {
  readonly #places: number;
  readonly #waiting: (() => void)[] = [];
  #taken = 0;

  constructor(places = 2) {
    this.#places = places;
  }

  /** @throws {DoorError} 503 when no place came free in time */
  async enter(): Promise<void> {
    if (this.#taken < this.#places) {
      this.#taken += 1;
      return;
    }
    await new Promise<void>((resolve, reject) => {
      const enter = () => {
        clearTimeout(timer);
        resolve();
      };
      const timer = setTimeout(() => {
        this.#waiting.splice(this.#waiting.indexOf(enter), 1);
        reject(busy());
      }, PATIENCE_MS);
      this.#waiting.push(enter);
    });
  }

  leave(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#taken -= 1;
    else next();
  }
}

/**
 * Reads a body and hands it on; a large one keeps its place until it was dealt with.
 *
 * @throws {DoorError} 413 beyond 32 MiB, 400 for a body that is no gzip, 503 when too many are read
 */
export async function withBody<T>(
  request: FastifyRequest,
  places: LargeBodies,
  use: (body: Buffer) => Promise<T>,
): Promise<T> {
  let isLarge = false;
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of plainOf(request)) {
      // Streams of bytes have no other chunks.
      chunks.push(chunk as Buffer);
      size += (chunk as Buffer).length;
      if (size > MAX_BODY)
        throw new DoorError("PAYLOAD_TOO_LARGE", "send less than 32 MiB at once");
      if (size <= SMALL_BODY || isLarge) continue;
      await places.enter();
      isLarge = true;
    }
    return await use(Buffer.concat(chunks));
  } catch (failure) {
    throw isZlibFailure(failure)
      ? new DoorError("VALIDATION_ERROR", "the body is no valid gzip")
      : failure;
  } finally {
    if (isLarge) places.leave();
  }
}

function plainOf(request: FastifyRequest): Readable {
  const encoding = request.headers["content-encoding"] ?? "identity";
  // The parser of these routes hands the body on as the stream that it is.
  const sent = request.body as Readable;
  if (encoding === "identity") return sent;
  if (encoding !== "gzip") {
    throw new DoorError("UNSUPPORTED_MEDIA_TYPE", "send the body as it is, or with gzip");
  }
  const unpacked = createGunzip();
  sent.on("error", (failure) => unpacked.destroy(failure));
  return sent.pipe(unpacked);
}

function isZlibFailure(failure: unknown): boolean {
  return failure instanceof Error && "code" in failure && String(failure.code).startsWith("Z_");
}

export function busy(): DoorError {
  return new DoorError("UNAVAILABLE", "too many large bodies at once: send it again", {
    retryAfterSeconds: RETRY_SECONDS,
  });
}
