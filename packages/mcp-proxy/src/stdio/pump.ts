import type { Readable, Writable } from "node:stream";
import type { Source } from "./source.ts";

/** One direction of a relay. */
export interface Flow {
  readonly source: Readable;
  /** How often bytes passed. */
  readonly passes: number;
  /** The reader is slow, and the writer waits for it. */
  readonly isHeld: boolean;
}

/**
 * Copies bytes one way and nothing else: a chunk is handed on before `tap` sees it, the next is read
 * when it is written, an end is passed on as an end, and a reader that is gone stops the writer.
 *
 * @param tap must copy what it keeps
 */
export function pump(open: Source, destination: Writable, tap: (chunk: Buffer) => void): Flow {
  const written = () => {
    if (!flow.isHeld || destination.writableLength > 0) return;
    flow.isHeld = false;
    flow.source.resume();
  };
  const source = open((chunk) => {
    destination.write(chunk, written);
    tap(chunk);
    flow.passes++;
    flow.isHeld = destination.writableLength > 0;
    return !flow.isHeld;
  });
  const flow = { source, passes: 0, isHeld: false };
  source.on("end", () => destination.end());
  source.on("error", () => destination.end());
  destination.on("error", () => source.destroy());
  return flow;
}
