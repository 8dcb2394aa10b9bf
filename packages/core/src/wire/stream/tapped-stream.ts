import type { UnderlyingByteSource, UnderlyingSource } from "node:stream/web";

/** Told of the bytes of a body as their reader pulls them. Must not throw and must not keep them. */
export interface BodyTap {
  onChunk(chunk: Uint8Array): void;
  /** The body was read to its end. */
  onEnd(): void;
  /** The reader gave up before the end. */
  onCancel(): void;
  /** The connection failed. */
  onError(): void;
}

/**
 * A stream with the chunks of `source`, each shown to the tap when it is pulled.
 *
 * Nothing is read ahead: the source is locked at the first read, so a body that nobody reads is
 * freed like the bare one. A byte stream stays a byte stream.
 *
 * @param source asked for the stream at the first read
 */
export function tappedStream(
  source: () => ReadableStream<Uint8Array>,
  tap: BodyTap,
  isByteStream: boolean,
): ReadableStream<Uint8Array> {
  return isByteStream
    ? new ReadableStream(bytePump(source, tap))
    : new ReadableStream(chunkPump(source, tap), { highWaterMark: 0 });
}

/** Whether readers may bring their own buffers; asking changes nothing. */
export function isByteStream(stream: ReadableStream<Uint8Array>): boolean {
  try {
    stream.getReader({ mode: "byob" }).releaseLock();
    return true;
  } catch {
    return false;
  }
}

type Reader = ReadableStreamDefaultReader<Uint8Array>;

function chunkPump(
  source: () => ReadableStream<Uint8Array>,
  tap: BodyTap,
): UnderlyingSource<Uint8Array> {
  let reader: Reader | undefined;
  return {
    async pull(controller) {
      try {
        reader ??= openReader(source, controller, tap);
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          tap.onEnd();
          return;
        }
        controller.enqueue(value);
        tap.onChunk(value);
      } catch (failure) {
        controller.error(failure);
        tap.onError();
      }
    },
    async cancel(reason) {
      tap.onCancel();
      await (reader ?? source()).cancel(reason);
    },
  };
}

function bytePump(source: () => ReadableStream<Uint8Array>, tap: BodyTap): UnderlyingByteSource {
  let reader: Reader | undefined;
  return {
    type: "bytes",
    async pull(controller) {
      try {
        reader ??= openReader(source, controller, tap);
        let next = await reader.read();
        // A byte stream refuses empty chunks.
        while (!next.done && next.value.byteLength === 0) next = await reader.read();
        if (next.done) {
          controller.close();
          controller.byobRequest?.respond(0);
          tap.onEnd();
          return;
        }
        // Before the bytes move on: the stream takes their buffer away from us.
        tap.onChunk(next.value);
        controller.enqueue(next.value);
      } catch (failure) {
        controller.error(failure);
        tap.onError();
      }
    },
    async cancel(reason) {
      tap.onCancel();
      await (reader ?? source()).cancel(reason);
    },
  };
}

/** A failure between two reads reaches a waiting `closed` promise as it does on the bare stream. */
function openReader(
  source: () => ReadableStream<Uint8Array>,
  controller: { error(reason: unknown): void },
  tap: BodyTap,
): Reader {
  const reader = source().getReader();
  reader.closed.catch((failure) => {
    controller.error(failure);
    tap.onError();
  });
  return reader;
}
