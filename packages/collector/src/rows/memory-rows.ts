/** What is remembered of sessions and their workflows, as the store hands it out. */
import type { SessionProfile } from "@caum/workflows";

/** A profile with the key of its session's row. */
export interface KeyedProfile {
  readonly key: number;
  readonly profile: SessionProfile;
}

/** Where a list of profiles goes on: behind the last one of the page before. */
export interface ProfileCursor {
  readonly startedMs: number;
  readonly key: number;
}

export interface ProfileFilter {
  readonly limit: number;
  readonly after?: ProfileCursor | undefined;
  readonly workflow?: string | undefined;
  readonly cohort?: string | undefined;
  readonly agent?: string | undefined;
  /** Those that began at or after this moment, and before that one, by the sender's clock. */
  readonly sinceMs?: number | undefined;
  readonly untilMs?: number | undefined;
}

export interface MemoryReader {
  /** Newest first, by when they began; sessions whose structure is not known are left out. */
  profiles(tenant: number, filter: ProfileFilter): Promise<readonly KeyedProfile[]>;
}
