import type { SessionProfile } from "@caum/workflows";
import type { KeyedProfile, MemoryReader, ProfileFilter } from "../rows/memory-rows.ts";

/** Read at once; between two reads others get their turn. */
const AT_ONCE = 250;
/** The newest of so many sessions are read for one answer: some tenths of a second on one core. */
const MOST = 5_000;

export interface ReadProfiles {
  /** Newest first, by when they began. */
  readonly profiles: readonly SessionProfile[];
  /** Whether these are all that fit. */
  readonly complete: boolean;
}

/** @param most so many are read */
export async function readProfiles(
  tenant: number,
  filter: Omit<ProfileFilter, "limit" | "after">,
  reader: MemoryReader,
  most = MOST,
): Promise<ReadProfiles> {
  const profiles: SessionProfile[] = [];
  let last: KeyedProfile | undefined;
  while (profiles.length < most) {
    const limit = Math.min(AT_ONCE, most - profiles.length);
    const after = last && { startedMs: last.profile.startedMs, key: last.key };
    const page = await reader.profiles(tenant, { ...filter, limit, after });
    for (const { profile } of page) profiles.push(profile);
    if (page.length < limit) return { profiles, complete: true };
    last = page.at(-1);
  }
  return { profiles, complete: false };
}
