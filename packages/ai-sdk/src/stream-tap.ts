/**
 * The same stream, read at the pace of its reader: nothing is read ahead, a cancel goes through, an
 * error stays the same object.
 *
 * @param onPart is told each part before the reader gets it; it must not throw
 * @param onDone is told once how the stream ended
 */
export function tapStream<T>(
  source: ReadableStream<T>,
  onPart: (part: T) => void,
  onDone: (how: "ended" | "cancelled" | "failed") => void,
): ReadableStream<T> {
  const reader = source.getReader();
  const pull = async (controller: ReadableStreamDefaultController<T>) => {
    try {
      const { done, value } = await reader.read();
      if (done) {
        onDone("ended");
        controller.close();
        return;
      }
      onPart(value);
      controller.enqueue(value);
    } catch (error) {
      onDone("failed");
      controller.error(error);
    }
  };
  const cancel = (reason: unknown) => {
    onDone("cancelled");
    return reader.cancel(reason);
  };
  return new ReadableStream<T>({ pull, cancel }, { highWaterMark: 0 });
}
