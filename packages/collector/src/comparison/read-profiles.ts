import type { SessionProfile } from "@caum/workflows";
import type { KeyedProfile, MemoryReader, ProfileFilter } from "../rows/memory-rows.ts";

/** Read at once; between two reads others get their turn. */
const AT_ONCE = 250;
/** So many of the newest sessions are read for one answer at most: some tenths of a second on one core. */
const MOST = 5_000;

export interface ReadProfiles {
  /** Newest first, by when they began. */
  readonly profiles: readonly SessionProfile[];
  /** Whether these are all that fit. */
  readonly complete: boolean;
}

export interface ReadOptions {
  /** No more than so many are wanted, however many more fit. */
  readonly most?: number | undefined;
  /** What no index knows; those that do not fit are read all the same. */
  readonly fits?: (profile: SessionProfile) => boolean;
}

export async function readProfiles(
  tenant: number,
  filter: Omit<ProfileFilter, "limit" | "after">,
  reader: MemoryReader,
  { most = MOST, fits = () => true }: ReadOptions = {},
): Promise<ReadProfiles> {
  const profiles: SessionProfile[] = [];
  let last: KeyedProfile | undefined;
  for (let read = 0; read < MOST && profiles.length < most; read += AT_ONCE) {
    const limit = Math.min(AT_ONCE, MOST - read);
    const after = last && { startedMs: last.profile.startedMs, key: last.key };
    const page = await reader.profiles(tenant, { ...filter, limit, after });
    for (const { profile } of page) if (fits(profile)) profiles.push(profile);
    if (page.length < limit && profiles.length <= most) return { profiles, complete: true };
    last = page.at(-1);
  }
  return { profiles: profiles.slice(0, most), complete: false };
}
