/** Profiles of what lies in folders and files, without a collector and without the network. */
import type { SessionProfile } from "@caum/workflows";
import { findPaths } from "./found-files.ts";
import { historyProfiles } from "./history-profiles.ts";
import { recordedProfiles } from "./recorded-profiles.ts";
import { tracedProfiles } from "./traced-profiles.ts";

export interface ReadProfiles {
  readonly profiles: readonly SessionProfile[];
  /** What could not be read, each with its path. */
  readonly problems: readonly string[];
}

/** @param sinceMs histories that were not written to since then are not opened */
export async function fileProfiles(paths: readonly string[], sinceMs = 0): Promise<ReadProfiles> {
  const problems: string[] = [];
  const found = findPaths(paths);
  const profiles = [
    ...recordedProfiles(found, problems),
    ...(await tracedProfiles(found.traces, problems)),
    ...(await historyProfiles(found.others, sinceMs, problems)),
  ];
  return { profiles, problems };
}
