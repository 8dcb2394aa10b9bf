/** In what two sessions, or two selections of sessions, of an account differ. */
import { isStepRecord } from "@caum/core/health";
import type { StructuralRecord } from "@caum/core/verify";
import {
  compareSides,
  type SessionFilter,
  type SessionProfile,
  type SideComparison,
  type SideSessions,
  StepOrder,
} from "@caum/workflows";
import { profileOf } from "../store/columns/profile-rows.ts";
import type { SessionView, StoreReader } from "../store/store.ts";
import { readProfiles } from "./read-profiles.ts";

/** Records of one session that are read for the order of its steps. */
const MOST_RECORDS = 20_000;
const AT_ONCE = 500;

export interface ComparedSides extends SideComparison {
  /** Whether all sessions that fit were looked at, or the newest of them. */
  readonly complete: { readonly a: boolean; readonly b: boolean };
}

interface ReadSide extends SideSessions {
  readonly complete: boolean;
}

/** @returns the side that matches no session whose structure is known, where there is one */
export async function comparedSides(
  tenant: number,
  filters: { readonly a: SessionFilter; readonly b: SessionFilter },
  reader: StoreReader,
): Promise<ComparedSides | "a" | "b"> {
  const a = await readSide(tenant, filters.a, reader);
  if (a === undefined) return "a";
  const b = await readSide(tenant, filters.b, reader);
  if (b === undefined) return "b";
  return { ...compareSides(a, b), complete: { a: a.complete, b: b.complete } };
}

async function readSide(
  tenant: number,
  { session, client, last, ...filter }: SessionFilter,
  reader: StoreReader,
): Promise<ReadSide | undefined> {
  if (session !== undefined) return sessionSide(tenant, session, reader);
  const fits = (profile: SessionProfile) => client === undefined || profile.client === client;
  const { profiles, complete } = await readProfiles(tenant, filter, reader.memory, {
    most: last,
    fits,
  });
  const [only] = profiles;
  if (only === undefined) return undefined;
  const isComplete = complete || profiles.length === last;
  if (profiles.length > 1) return { profiles, complete: isComplete };
  const single = await sessionSide(tenant, only.sessionId, reader);
  return single && { ...single, complete: isComplete };
}

async function sessionSide(
  tenant: number,
  id: string,
  reader: StoreReader,
): Promise<ReadSide | undefined> {
  const view = await reader.session(tenant, id);
  if (view === undefined || "gone" in view) return undefined;
  const profile: SessionProfile | undefined = profileOf(view);
  if (profile === undefined) return undefined;
  return { profiles: [profile], order: await orderOf(tenant, view, reader), complete: true };
}

/** Undefined where it has more records than are read for that. */
async function orderOf(
  tenant: number,
  { id, segmentStart }: SessionView,
  reader: StoreReader,
): Promise<readonly string[] | undefined> {
  const order = new StepOrder();
  for (let from = segmentStart; from - segmentStart < MOST_RECORDS; from += AT_ONCE) {
    const records = await reader.records(tenant, id, from, AT_ONCE);
    for (const { line, standing } of records) {
      // A stored line is a record or a tombstone, which has no category.
      const stored: StructuralRecord | { readonly category?: undefined } = JSON.parse(line);
      if (isStepRecord(stored) && standing !== undefined) order.take(standing.step, stored.payload);
    }
    if (records.length < AT_ONCE) return order.names;
  }
  return undefined;
}
