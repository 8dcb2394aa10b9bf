import { integerAt } from "../memory/integer.ts";
import { GAPS, SLOT } from "../memory/layout.ts";

const LAST_MS = SLOT.pace;
const COUNT = SLOT.pace + 1;
const RING = SLOT.pace + 2;

/** How the time between two looks compares with the session's own pace. */
export type Pace = "slower" | "usual" | "unknown";

/** Notes how long a new step took to come. What comes again tells nothing of the pace of work. */
export function learnPace(memory: Float64Array, atMs: number | undefined, isWork: boolean): void {
  if (atMs === undefined) return;
  const last = memory[LAST_MS] ?? 0;
  if (isWork && last > 0 && atMs >= last) {
    const count = integerAt(memory, COUNT);
    memory[RING + (count % GAPS)] = atMs - last;
    memory[COUNT] = count + 1;
  }
  memory[LAST_MS] = atMs;
}

/**
 * Whether a gap is long for this session: at least `factor` times as long as half of the gaps before
 * its new steps.
 *
 * @param skip latest gaps that do not count: those before the first steps of a pattern are its own
 */
export function paceOf(memory: Float64Array, gapMs: number, factor: number, skip: number): Pace {
  const count = integerAt(memory, COUNT);
  const known = Math.min(count, GAPS) - skip;
  if (known <= 0) return "unknown";
  let shorter = 0;
  for (let ago = skip; ago < skip + known; ago++) {
    const gap = memory[RING + ((count - 1 - ago) % GAPS)] ?? 0;
    if (gap * factor <= gapMs) shorter += 1;
  }
  return shorter * 2 >= known ? "slower" : "usual";
}
