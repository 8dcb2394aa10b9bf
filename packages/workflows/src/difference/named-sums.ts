/** What the sessions of a side name, added up, and of how many of them it is known. */
import type { SessionProfile } from "../profile/session-profile.ts";

/** What one session has of one thing. */
export type Amounts = readonly number[];

export interface NamedSum {
  readonly amounts: Amounts;
  /** Sessions that name it. */
  readonly sessions: number;
  /** Of them, those that have more than they name. */
  readonly ofPartly: number;
}

export interface NamedSums {
  readonly byKey: ReadonlyMap<string, NamedSum>;
  /** All sessions, and those that have more than they name. */
  readonly sessions: number;
  readonly partly: number;
}

/**
 * @param namedIn what a session names; one key may come more than once
 * @param hasMore whether a session has more than it names
 */
export function namedSums(
  profiles: readonly SessionProfile[],
  namedIn: (profile: SessionProfile) => readonly (readonly [key: string, amounts: Amounts])[],
  hasMore: (profile: SessionProfile) => boolean,
): NamedSums {
  const byKey = new Map<string, NamedSum>();
  let partly = 0;
  for (const profile of profiles) {
    const isPartly = hasMore(profile);
    if (isPartly) partly += 1;
    const counted = new Set<string>();
    for (const [key, amounts] of namedIn(profile)) {
      const before = byKey.get(key);
      const isNew = !counted.has(key);
      byKey.set(key, {
        amounts: amounts.map((amount, at) => amount + (before?.amounts[at] ?? 0)),
        sessions: (before?.sessions ?? 0) + (isNew ? 1 : 0),
        ofPartly: (before?.ofPartly ?? 0) + (isNew && isPartly ? 1 : 0),
      });
      counted.add(key);
    }
  }
  return { byKey, sessions: profiles.length, partly };
}

/**
 * Of how many sessions it is known: those that name it, and those that name all they have. A session that
 * has more than it names may have it too.
 */
export function knownOf({ byKey, sessions, partly }: NamedSums, key: string): number {
  return sessions - partly + (byKey.get(key)?.ofPartly ?? 0);
}
