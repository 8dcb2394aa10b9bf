import { type Key, UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import { occurrences } from "./history.ts";

const WINDOW = 16;
const PROBES = 6;
/** A step that was not made for this long is no longer probed. */
const GIVEN_UP = 4;

/** Notes which step is probed: made again and again, other steps between. */
export function learnProbe(memory: Float64Array, full: Key): void {
  if (full === UNKNOWN || occurrences(memory, full, windowOf(memory)) < PROBES) return;
  memory[SLOT.probe] = full;
}

/** Whether one step was made at least 6 times in the last 16, and a moment ago. */
export function isProbing(memory: Float64Array): boolean {
  const probe = memory[SLOT.probe] ?? UNKNOWN;
  if (probe === UNKNOWN || occurrences(memory, probe, GIVEN_UP) === 0) return false;
  return occurrences(memory, probe, windowOf(memory)) >= PROBES;
}

/** What a user asks for again is no probe. */
function windowOf(memory: Float64Array): number {
  return Math.min(WINDOW, memory[SLOT.sinceReset] ?? 0);
}
