/** Whether loops come more often than they did. */
import { binaryDigits } from "./binary-digits.ts";
import type { Finding, Onset } from "./column-test.ts";
import { atLeastBelieved } from "./rare-test.ts";
import { FEWEST_LOOPS, LOOPS_OF_CLEAN, LOOPS_OF_OTHERS, SESSIONS_OF_LEVEL } from "./thresholds.ts";

/** Chances are differences from 1, and mean nothing below this. */
const LEAST_CHANCE = 1e-14;

/** Sessions that are remembered for their loops: all that were ever taken as normal. */
export interface LoopHistory {
  readonly sessions: number;
  readonly looped: number;
}

/**
 * Holds every window that begins with a loop against the history, under a belief of how often a
 * workflow loops at all: a history without loops alone cannot say that two in 40 are many.
 *
 * @param loopedAt whether a session had a loop, counted backwards from the latest, from 0
 */
export function testLoops(
  history: LoopHistory,
  loopedAt: (ago: number) => boolean,
  sessions: number,
): Finding & { readonly onset: Onset | undefined } {
  const prior = history.looped === 0 ? LOOPS_OF_CLEAN : LOOPS_OF_OTHERS;
  const belief = {
    happened: prior.happened + history.looped,
    not: prior.not + history.sessions - history.looped,
  };
  const least = binaryDigits(prior.level * Math.min(1, history.sessions / SESSIONS_OF_LEVEL));
  let [looped, strength] = [0, 0];
  let onset: Onset | undefined;
  for (let ago = 0; ago < sessions; ago++) {
    if (!loopedAt(ago)) continue;
    looped += 1;
    if (looped < FEWEST_LOOPS) continue;
    const found =
      binaryDigits(Math.max(LEAST_CHANCE, atLeastBelieved(looped, ago + 1, belief))) / least;
    if (found <= strength) continue;
    strength = found;
    onset = { sessions: ago + 1, atLeast: ago + 1, atMost: sessions };
  }
  return { strength, isMore: true, onset };
}
