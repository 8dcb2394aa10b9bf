/** The sessions that a selector means, from wherever they are. */
import { CollectorError } from "@caum/collector/validation";
import { DOCTOR_SESSION } from "@caum/core/settings";
import type { SessionFilter, SessionProfile } from "@caum/workflows";
import { LocalSessions } from "../sessions/local/local-sessions.ts";
import { type SourceFlags, whereOf } from "../sessions/source-of.ts";
import { collectorProfiles } from "./collector-profiles.ts";
import { fileProfiles, type ReadProfiles } from "./file-profiles.ts";
import type { Selector } from "./selector.ts";

/**
 * Folders and files are read where they are named, and so are runs; else it is asked who is
 * configured: a collector, or the runs of this machine and its collector, should one run.
 *
 * @throws {CollectorError} when a collector that is configured does not answer
 */
export async function readProfiles(
  { filter, paths, runs }: Selector,
  flags: SourceFlags,
): Promise<ReadProfiles> {
  const read: SessionProfile[] = [];
  const problems: string[] = [];
  if (paths.length > 0) {
    const found = await fileProfiles(paths, { sinceMs: filter.sinceMs });
    read.push(...found.profiles);
    problems.push(...found.problems);
  }
  if (runs !== undefined) read.push(...(await runProfiles(runs || whereOf(flags).home)));
  const isConfigured = paths.length === 0 && runs === undefined;
  const asked = isConfigured ? await configured(filter, flags) : read.filter(fits(filter));
  return { profiles: newest(once(asked), filter.last), problems };
}

async function configured(
  filter: SessionFilter,
  flags: SourceFlags,
): Promise<readonly SessionProfile[]> {
  const { home, collector, nearby } = whereOf(flags);
  if (collector !== undefined) return collectorProfiles(collector, filter);
  const here = (await runProfiles(home)).filter(fits(filter));
  if (nearby === undefined) return here;
  try {
    return [...here, ...(await collectorProfiles(nearby, filter))];
  } catch (problem) {
    // Nobody named this collector: that it does not run is no failure.
    if (problem instanceof CollectorError) return here;
    throw problem;
  }
}

async function runProfiles(home: string): Promise<readonly SessionProfile[]> {
  const sessions = new LocalSessions(home);
  await sessions.read();
  return sessions.sessions.flatMap(({ id, profile }) =>
    profile === undefined || id === DOCTOR_SESSION ? [] : [profile],
  );
}

/** Of a session that is in two places, the one that has come further. */
function once(profiles: readonly SessionProfile[]): readonly SessionProfile[] {
  const known = new Map<string, SessionProfile>();
  for (const profile of profiles) {
    const before = known.get(profile.sessionId);
    if (before === undefined || before.steps <= profile.steps)
      known.set(profile.sessionId, profile);
  }
  return [...known.values()];
}

/** Of what is read here. A collector looks itself: it may keep a name as a tag. */
function fits({ session, workflow, agent, cohort, client, sinceMs, untilMs }: SessionFilter) {
  const named = Object.entries({ workflow, agent, cohort, client }).filter(
    ([, wanted]) => wanted !== undefined,
  ) as ["workflow" | "agent" | "cohort" | "client", string][]; // What is undefined is left out.
  return (profile: SessionProfile) =>
    named.every(([name, wanted]) => profile[name] === wanted) &&
    (session === undefined || profile.sessionId === session) &&
    profile.startedMs >= (sinceMs ?? 0) &&
    profile.startedMs < (untilMs ?? Number.POSITIVE_INFINITY);
}

function newest(
  profiles: readonly SessionProfile[],
  last: number | undefined,
): readonly SessionProfile[] {
  const sorted = profiles.toSorted(
    (one, other) => other.startedMs - one.startedMs || (one.sessionId < other.sessionId ? -1 : 1),
  );
  return last === undefined ? sorted : sorted.slice(0, last);
}
