/** Which sessions are built like one. */
import { sessionTitle } from "@caum/core/health";
import type { similarAnswer } from "@caum/core/protocol";
import {
  type NearSession,
  nearestSessions,
  PART_WEIGHTS,
  type SessionProfile,
} from "@caum/workflows";
import type { z } from "zod";
import { dashboardPath } from "../http/dashboard-path.ts";
import { rounded, usdOf } from "../http/told-figures.ts";
import type { MemoryReader } from "../rows/memory-rows.ts";
import { readProfiles } from "./read-profiles.ts";

export type SimilarSessions = z.input<typeof similarAnswer>;

/** A session is compared with so many at most: some tenths of a second on one core. */
const MAX_CANDIDATES = 2_000;

/** What a session is compared with. */
export interface SimilarCandidates
  extends Pick<SimilarSessions["compared"], "of_workflow" | "of_agent" | "complete"> {
  readonly profiles: readonly SessionProfile[];
}

export interface SimilarQuery {
  readonly id: string;
  readonly limit: number;
}

const NO_CANDIDATES: SimilarCandidates = {
  profiles: [],
  of_workflow: 0,
  of_agent: 0,
  complete: true,
};

/** @param session undefined where its structure is not known */
export async function similarSessions(
  { tenant, ...query }: SimilarQuery & { readonly tenant: number },
  session: SessionProfile | undefined,
  reader: MemoryReader,
): Promise<SimilarSessions> {
  if (session === undefined) return similarAmong(query, session, NO_CANDIDATES);
  return similarAmong(query, session, await candidatesFor(session, tenant, reader));
}

export function similarAmong(
  { id, limit }: SimilarQuery,
  session: SessionProfile | undefined,
  { profiles, ...compared }: SimilarCandidates,
): SimilarSessions {
  const near = session === undefined ? [] : nearestSessions(session, { profiles, limit });
  return {
    schema: "caum.similar_sessions.v1.0",
    session_id: id,
    known: session !== undefined,
    compared: { sessions: profiles.length, ...compared },
    sessions: near.map(similarSession),
    weights: { ...PART_WEIGHTS },
  };
}

/** Sessions of its workflow, then those of its agent, then all others, the newest of each first. */
async function candidatesFor(
  { sessionId, workflow, agent }: SessionProfile,
  tenant: number,
  reader: MemoryReader,
): Promise<SimilarCandidates> {
  const found = new Map<string, SessionProfile>();
  const take = async (filter: { readonly workflow?: string; readonly agent?: string }) => {
    const before = found.size;
    // The session itself comes too, and takes the place of none.
    const read = await readProfiles(tenant, filter, reader, { most: MAX_CANDIDATES + 1 });
    for (const profile of read.profiles) {
      if (found.size >= MAX_CANDIDATES) return { added: found.size - before, complete: false };
      if (profile.sessionId !== sessionId) found.set(profile.sessionId, profile);
    }
    return { added: found.size - before, complete: read.complete };
  };
  const ofWorkflow = workflow === undefined ? 0 : (await take({ workflow })).added;
  const isFull = () => found.size >= MAX_CANDIDATES;
  const ofAgent = agent === undefined || isFull() ? 0 : (await take({ agent })).added;
  const complete = isFull() ? false : (await take({})).complete;
  return { profiles: [...found.values()], of_workflow: ofWorkflow, of_agent: ofAgent, complete };
}

function similarSession({
  profile,
  distance,
  parts,
}: NearSession): SimilarSessions["sessions"][number] {
  const { agent, workflow, servers, tokens, costNanoUsd } = profile;
  const { tools } = parts;
  return {
    session_id: profile.sessionId,
    title: sessionTitle({ agent: agent ?? "", workflow, servers }),
    agent_name: agent ?? null,
    workflow: workflow ?? null,
    cohort: profile.cohort ?? null,
    first_seen: new Date(profile.startedMs).toISOString(),
    last_seen: new Date(profile.endedMs).toISOString(),
    ended: profile.ended,
    resolved: profile.resolved ?? null,
    steps: profile.steps,
    loop_count: profile.loops,
    total_tokens: tokens ?? null,
    total_cost_usd: costNanoUsd === undefined ? null : usdOf(costNanoUsd),
    distance: rounded(distance),
    parts: {
      operations: rounded(parts.operations),
      transitions: rounded(parts.transitions),
      tools: tools === null ? null : rounded(tools),
      length: rounded(parts.length),
      loops: rounded(parts.loops),
    },
    dashboard_path: dashboardPath(profile.sessionId),
  };
}
