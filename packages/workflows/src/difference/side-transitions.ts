/** What followed what, on two sides. */
import { OPERATIONS, type SessionProfile } from "../profile/session-profile.ts";
import { transitionPairs } from "../profile/transition-pairs.ts";
import { apart, keysOf, type Pair } from "./pair.ts";

/** How often one operation came after another one, as shares of all that followed something. */
export interface TransitionDifference extends Pair<number | null> {
  readonly from: string;
  readonly to: string;
}

/** Those whose shares differ the most first; a side in which nothing followed anything has none. */
export function compareTransitions({
  a,
  b,
}: Pair<readonly SessionProfile[]>): readonly TransitionDifference[] {
  const [one, other] = [transitionsOf(a), transitionsOf(b)];
  return keysOf(one, other)
    .map((place) => ({
      from: OPERATIONS[Math.floor(place / OPERATIONS.length)] ?? "other",
      to: OPERATIONS[place % OPERATIONS.length] ?? "other",
      a: one.size === 0 ? null : (one.get(place) ?? 0),
      b: other.size === 0 ? null : (other.get(place) ?? 0),
    }))
    .sort(
      (first, second) => apart(second.a ?? 0, second.b ?? 0) - apart(first.a ?? 0, first.b ?? 0),
    );
}

function transitionsOf(profiles: readonly SessionProfile[]): ReadonlyMap<number, number> {
  const counts = new Map<number, number>();
  let total = 0;
  for (const { structure } of profiles) {
    const pairs = transitionPairs(structure);
    for (let at = 0; at < pairs.length; at += 2) {
      const [place = 0, times = 0] = [pairs[at], pairs[at + 1]];
      counts.set(place, (counts.get(place) ?? 0) + times);
      total += times;
    }
  }
  return new Map([...counts].map(([place, times]) => [place, times / total]));
}
