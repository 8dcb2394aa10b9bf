import { callBeat } from "../signals/beat.ts";
import { slowsDown } from "../signals/rhythm.ts";
import { looksPatient } from "./wait-hold.ts";

const LATEST = 4;

/**
 * Whether time says that calls in a row, of which little is known, are a wait: they come ever later, or
 * far more seldom than the session's work.
 */
export function isPatient(memory: Float64Array, traits: number): boolean {
  const gaps: number[] = [];
  for (let ago = 0; ago < LATEST; ago++) {
    const [to, from] = [callBeat.timeAgo(memory, ago), callBeat.timeAgo(memory, ago + 1)];
    if (from <= 0 || to < from) return false;
    gaps.push(to - from);
  }
  return slowsDown(gaps, LATEST - 1) || looksPatient(memory, Math.min(...gaps), traits);
}
