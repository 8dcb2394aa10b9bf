/** Profiles of what lies in folders and files, without a collector and without the network. */
import type { SessionProfile } from "@caum/workflows";
import { findPaths } from "./found-files.ts";
import { historyProfiles } from "./history-profiles.ts";
import type { OrderOfOne } from "./order-of-one.ts";
import { recordedProfiles } from "./recorded-profiles.ts";
import { tracedProfiles } from "./traced-profiles.ts";

export interface ReadProfiles {
  readonly profiles: readonly SessionProfile[];
  /** What could not be read, each with its path. */
  readonly problems: readonly string[];
}

interface Reading {
  /** Histories that were not written to since then are not opened. */
  readonly sinceMs?: number | undefined;
  /** Takes the steps of one session. */
  readonly order?: OrderOfOne;
}

export async function fileProfiles(
  paths: readonly string[],
  { sinceMs = 0, order }: Reading = {},
): Promise<ReadProfiles> {
  const problems: string[] = [];
  const found = findPaths(paths);
  const profiles = [
    ...recordedProfiles(found, problems, order),
    ...(await tracedProfiles(found.traces, problems, order)),
    ...(await historyProfiles(found.others, sinceMs, problems, order)),
  ];
  return { profiles, problems };
}
