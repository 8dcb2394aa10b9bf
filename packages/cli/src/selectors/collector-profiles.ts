/** Profiles that a collector keeps. */
import type { CollectorPlace } from "@caum/collector/validation";
import { DOCTOR_SESSION } from "@caum/core/settings";
import type { SessionFilter, SessionProfile } from "@caum/workflows";
import { readAnswer, SessionGone } from "../sessions/source/ask-collector.ts";
import { cursorAfter } from "../sessions/source/next-page.ts";
import { SelectorError } from "./selector.ts";

interface Page {
  readonly profiles: readonly SessionProfile[];
  readonly next_cursor: string | null | undefined;
}

const AT_ONCE = 500;
/** More would not fit into the memory of a small machine. */
const MOST = 50_000;

/**
 * @throws {CollectorError} when it does not answer, or refuses
 * @throws {SelectorError} when there are more than fit: some of them would be another question
 */
export async function collectorProfiles(
  place: CollectorPlace,
  filter: SessionFilter,
): Promise<readonly SessionProfile[]> {
  const query = queryOf(filter);
  if (filter.session !== undefined) {
    // A collector that does not know the parameter answers with others.
    const { profiles } = await pageAt(place, `/v1/profiles?${query}`);
    return profiles.filter(({ sessionId }) => sessionId === filter.session);
  }
  const wanted = filter.last ?? Number.POSITIVE_INFINITY;
  const found: SessionProfile[] = [];
  for (let cursor: string | null = ""; cursor !== null && found.length < wanted; ) {
    if (found.length > MOST) {
      const most = MOST.toLocaleString("en");
      throw new SelectorError(`more than ${most} sessions: say fewer, by since=, until= or last=`);
    }
    if (cursor !== "") query.set("cursor", cursor);
    const page = await pageAt(place, `/v1/profiles?${query}`);
    found.push(...page.profiles.filter((profile) => isWanted(profile, filter)));
    cursor = cursorAfter(cursor, page.next_cursor);
  }
  return found;
}

function queryOf(filter: SessionFilter): URLSearchParams {
  const { session, workflow, agent, cohort, sinceMs, untilMs } = filter;
  const query = new URLSearchParams({ limit: String(AT_ONCE) });
  const since = sinceMs === undefined ? undefined : new Date(sinceMs).toISOString();
  const until = untilMs === undefined ? undefined : new Date(untilMs).toISOString();
  for (const [name, value] of Object.entries({ session, workflow, agent, cohort, since, until })) {
    if (value !== undefined) query.set(name, value);
  }
  return query;
}

/** The door knows no clients, and names of others are kept as the collector tags them. */
function isWanted({ client, sessionId }: SessionProfile, filter: SessionFilter): boolean {
  return (filter.client === undefined || client === filter.client) && sessionId !== DOCTOR_SESSION;
}

async function pageAt(place: CollectorPlace, path: string): Promise<Page> {
  try {
    return await readAnswer<Page>(place, path, "profiles");
  } catch (problem) {
    if (!(problem instanceof SessionGone)) throw problem;
    throw new SelectorError("the collector is older than this command: update it");
  }
}
