import type { UnderlyingSource } from "node:stream/web";
import type { BodyTap } from "./body-tap.ts";

/**
 * A stream with the chunks of another, each shown to the tap when it is pulled.
 *
 * Nothing is read ahead, and a failure reaches a waiting `closed` promise at once.
 *
 * @param openReader asked for the reader of the other stream at the first read
 */
export function tappedStream(
  openReader: () => ReadableStreamDefaultReader<Uint8Array>,
  tap: BodyTap,
): ReadableStream<Uint8Array> {
  let reader: ReadableStreamDefaultReader<Uint8Array> | undefined;
  const fail = (controller: { error(reason: unknown): void }, failure: unknown) => {
    controller.error(failure);
    tap.onError();
  };
  const source: UnderlyingSource<Uint8Array> = {
    async pull(controller) {
      try {
        if (reader === undefined) {
          reader = openReader();
          reader.closed.catch((failure) => fail(controller, failure));
        }
        const { done, value } = await reader.read();
        if (done) {
          controller.close();
          tap.onEnd();
          return;
        }
        controller.enqueue(value);
        tap.onChunk(value);
      } catch (failure) {
        fail(controller, failure);
      }
    },
    async cancel(reason) {
      tap.onCancel();
      await (reader ?? openReader()).cancel(reason);
    },
  };
  return new ReadableStream(source, { highWaterMark: 0 });
}
