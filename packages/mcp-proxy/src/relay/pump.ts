import type { Readable, Writable } from "node:stream";

/**
 * Copies bytes one way and nothing else: a chunk is handed on before `tap` sees it, a slow reader
 * pauses the writer, an end is passed on as an end, and a reader that is gone stops the writer.
 */
export function pump(source: Readable, destination: Writable, tap: (chunk: Buffer) => void): void {
  const resume = () => source.resume();
  source.on("data", (chunk: Buffer) => {
    if (!destination.write(chunk)) {
      source.pause();
      destination.once("drain", resume);
    }
    tap(chunk);
  });
  source.on("end", () => destination.end());
  source.on("error", () => destination.end());
  destination.on("error", () => source.destroy());
}
