/** Receivers and collectors that a test opens, closed after it, and a clock that it moves. */
import { afterEach } from "vitest";
import { type Receiver, startReceiver } from "./receiver.ts";
import { startWatched, type Watched } from "./watched.ts";

const opened: { stop(): Promise<void> }[] = [];
afterEach(async () => {
  for (const each of opened.splice(0).reverse()) await each.stop();
});

export async function receiver(...parameters: Parameters<typeof startReceiver>): Promise<Receiver> {
  const started = await startReceiver(...parameters);
  let isOpen = true;
  const close = async () => {
    if (isOpen) await started.close();
    isOpen = false;
  };
  opened.push({ stop: close });
  return { ...started, close };
}

export async function collector(...parameters: Parameters<typeof startWatched>): Promise<Watched> {
  const started = await startWatched(...parameters);
  opened.push(started);
  return started;
}

/** A clock that only moves when it is told to. */
export function clockAt(startMs: number) {
  let nowMs = startMs;
  return {
    clock: () => nowMs,
    pass(milliseconds: number) {
      nowMs += milliseconds;
    },
  };
}

export const START = Date.parse("2026-04-03T10:00:00Z");
