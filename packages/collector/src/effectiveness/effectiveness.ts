import type { effectivenessAnswer } from "@caum/core/protocol";
import type { z } from "zod";
import { CLAIM_BOUNDARIES } from "../http/claim-boundaries.ts";
import type { CohortCount, SessionView, StoreReader } from "../store/store.ts";
import { CONFIDENCE, compareAmounts, compareShares, MIN_KNOWN } from "./compare.ts";
import { AMOUNTS, type Sample, SHARES, sampleOf } from "./sample.ts";

type Effectiveness = z.input<typeof effectivenessAnswer>;
type Reservation = Effectiveness["reservations"][number];

/** Newer sessions first; more would narrow the intervals little, and each pair is compared. */
const MAX_SAMPLE = 300;

export interface Comparison {
  readonly tenant: number;
  readonly workflow: string;
  /** Labels of the two cohorts. */
  readonly before: string;
  readonly after: string;
}

export const EFFECTIVENESS_BOUNDARIES = {
  ...CLAIM_BOUNDARIES,
  compares_structure_only: true,
  does_not_claim_cause: true,
  does_not_claim_savings: true,
} as const;

const INTERVALS = [
  "shares: Wilson score intervals; difference by Newcombe's method 10",
  "amounts: medians and quarters; difference by Hodges and Lehmann, interval of the rank-sum test",
  "all seven differences hold together with the stated confidence (Bonferroni)",
  "a difference is the second cohort minus the first; an interval that holds 0 shows none",
];

/**
 * Compares two cohorts of a workflow, as their owner marked them.
 *
 * @returns undefined when there is no session of this workflow
 */
export async function effectivenessOf(
  { tenant, workflow, before, after }: Comparison,
  reader: StoreReader,
): Promise<Effectiveness | undefined> {
  const counts = await reader.cohorts(tenant, workflow);
  if (counts.length === 0) return undefined;
  const newest = (cohort: string) =>
    reader.workflowSessions(tenant, workflow, { cohort, limit: MAX_SAMPLE, newestFirst: true });
  const first = sampleOf(await newest(before));
  const second = sampleOf(await newest(after));
  const cohorts = {
    before: cohortOf(before, first, counts),
    after: cohortOf(after, second, counts),
  };
  const unmarked = sessionsOf(undefined, counts);
  const marked = cohorts.before.sessions + cohorts.after.sessions;
  const all = counts.reduce((sum, { sessions }) => sum + sessions, 0);
  const reservations = reservationsOf(cohorts, unmarked);
  return {
    schema: "caum.workflow_effectiveness.v1.0",
    workflow,
    cohorts,
    other_sessions: all - marked - unmarked,
    unmarked_sessions: unmarked,
    ...(await figuresOf(first.sessions, second.sessions)),
    method: { confidence: CONFIDENCE, min_known: MIN_KNOWN, intervals: [...INTERVALS] },
    publishable: reservations.length === 0,
    reservations,
    claim_boundaries: EFFECTIVENESS_BOUNDARIES,
  };
}

type Cohort = Effectiveness["cohorts"]["before"];

function cohortOf(label: string, sample: Sample, counts: readonly CohortCount[]): Cohort {
  const { sessions, leftOut, markedAtEnd } = sample;
  const all = sessionsOf(label, counts);
  const seen = sessions.length + leftOut.notEnded + leftOut.restarted + leftOut.withoutSteps;
  return {
    label,
    sessions: all,
    compared: sessions.length,
    left_out: {
      not_ended: leftOut.notEnded,
      restarted: leftOut.restarted,
      without_steps: leftOut.withoutSteps,
      beyond_sample: Math.max(0, all - seen),
    },
    marked_at_end: markedAtEnd,
    first_seen: timeOf(sessions, ({ firstMs }) => firstMs, Math.min),
    last_seen: timeOf(sessions, ({ lastMs }) => lastMs, Math.max),
    engine_versions: [...new Set(sessions.map(({ figures }) => figures.engine))].toSorted(),
  };
}

function sessionsOf(label: string | undefined, counts: readonly CohortCount[]): number {
  return counts.find(({ cohort }) => cohort === label)?.sessions ?? 0;
}

function timeOf(
  sessions: readonly SessionView[],
  of: (session: SessionView) => number,
  pick: (...times: number[]) => number,
): string | null {
  return sessions.length === 0 ? null : new Date(pick(...sessions.map(of))).toISOString();
}

/** Between figures others get their turn: each takes some milliseconds. */
async function figuresOf(before: readonly SessionView[], after: readonly SessionView[]) {
  const amounts: [string, Effectiveness["amounts"]["steps"]][] = [];
  for (const [name, of] of Object.entries(AMOUNTS)) {
    await new Promise(setImmediate);
    amounts.push([name, compareAmounts(before, after, of)]);
  }
  return {
    shares: {
      looping_sessions: compareShares(before, after, SHARES.looping_sessions),
      resolved: compareShares(before, after, SHARES.resolved),
    },
    // One entry for each name of `AMOUNTS`, which are those of the answer.
    amounts: Object.fromEntries(amounts) as Effectiveness["amounts"],
  };
}

/** What stands against showing the comparison to others as it is. */
function reservationsOf(
  { before, after }: Effectiveness["cohorts"],
  unmarked: number,
): Reservation[] {
  const both = [before, after];
  const engines = new Set(both.flatMap(({ engine_versions }) => engine_versions));
  const leftOut = both.flatMap(({ left_out }) => [left_out.not_ended, left_out.restarted]);
  const found: Record<Reservation, boolean> = {
    too_few_sessions: both.some(({ compared }) => compared < MIN_KNOWN),
    unmarked_sessions: unmarked > 0,
    marked_at_end: both.some(({ marked_at_end }) => marked_at_end > 0),
    sessions_left_out: leftOut.some((sessions) => sessions > 0),
    engine_changed: engines.size > 1,
  };
  // The keys of this record are the reservations.
  return (Object.entries(found) as [Reservation, boolean][]).flatMap(([name, stands]) =>
    stands ? [name] : [],
  );
}
