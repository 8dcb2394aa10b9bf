import { Health, type Step } from "@caum/core/health";
import type { TraceSet } from "./trace-set.ts";

const SESSIONS = 10_000;
const EVENTS = 1_000_000;

/** Bytes of heap that a session takes, with 10,000 of them open and 1,000,000 events taken. */
export function bytesPerSession(traces: TraceSet): number {
  const steps: Step[] = [...traces.events.values()].flat().map((event) => event.observed);
  const before = heapBytes();
  const sessions = Array.from({ length: SESSIONS }, () => new Health());
  for (let index = 0; index < EVENTS; index++) {
    const session = index % SESSIONS;
    const step = steps[(session * 17 + Math.floor(index / SESSIONS)) % steps.length];
    if (step !== undefined) sessions[session]?.observe(step);
  }
  const after = heapBytes();
  return (after - before) / sessions.length;
}

/** What is in use after a full collection. */
function heapBytes(): number {
  // The buffers that the first collection lets go are freed by the second.
  globalThis.gc?.();
  globalThis.gc?.();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return heapUsed + arrayBuffers;
}
