import type { SessionProfile } from "../profile/session-profile.ts";
import { comparableStructure } from "./comparable-structure.ts";
import { type StructureDistance, structureDistance } from "./structure-distance.ts";

/** A session that is built like another one. */
export interface NearSession extends StructureDistance {
  readonly profile: SessionProfile;
}

/** What the nearest are looked for among. */
export interface Candidates {
  /** The session itself may be among them; it is left out. */
  readonly profiles: Iterable<SessionProfile>;
  /** How many are wanted. */
  readonly limit: number;
}

/**
 * The sessions that are built most like this one, the nearest first; of equally near ones the latest.
 * A session without a step is near to nothing.
 */
export function nearestSessions(
  session: SessionProfile,
  { profiles, limit }: Candidates,
): readonly NearSession[] {
  const own = comparableStructure(session);
  if (own.length === 0) return [];
  const near: NearSession[] = [];
  for (const profile of profiles) {
    if (profile.sessionId === session.sessionId) continue;
    const structure = comparableStructure(profile);
    if (structure.length === 0) continue;
    near.push({ profile, ...structureDistance(own, structure) });
  }
  return near.sort(byDistance).slice(0, limit);
}

function byDistance(one: NearSession, other: NearSession): number {
  const later = other.profile.endedMs - one.profile.endedMs;
  return one.distance - other.distance || later || byId(one.profile, other.profile);
}

function byId(one: SessionProfile, other: SessionProfile): number {
  return one.sessionId < other.sessionId ? -1 : 1;
}
