import { type Key, UNKNOWN } from "../memory/key.ts";
import { SLOT } from "../memory/layout.ts";
import { seenSteps } from "../memory/seen-keys.ts";

const WINDOW = 16;
const PROBES = 6;
/** A step that was not made for this long is no longer probed. */
const GIVEN_UP = 4;

/** Notes which step is probed, of those that were made before: again and again, others between. */
export function learnProbe(memory: Float64Array, full: Key): void {
  if (seenSteps.occurrences(memory, full, windowOf(memory)) < PROBES) return;
  memory[SLOT.probe] = full;
}

/** Whether one step was made at least 6 times in the last 16, and a moment ago. */
export function isProbing(memory: Float64Array): boolean {
  const probe = memory[SLOT.probe] ?? UNKNOWN;
  if (probe === UNKNOWN || seenSteps.occurrences(memory, probe, GIVEN_UP) === 0) return false;
  return seenSteps.occurrences(memory, probe, windowOf(memory)) >= PROBES;
}

/** What a user asks for again is no probe. */
function windowOf(memory: Float64Array): number {
  return Math.min(WINDOW, memory[SLOT.sinceReset] ?? 0);
}
