import type { recurringAnswer } from "@caum/core/protocol";
import { type RecurringLoop, recurringLoops } from "@caum/workflows";
import type { z } from "zod";
import { usdOf } from "../http/told-figures.ts";
import type { MemoryReader } from "../rows/memory-rows.ts";
import { type ProfileRange, rangeAnswer } from "./profile-range.ts";
import { readProfiles } from "./read-profiles.ts";

type Recurring = z.input<typeof recurringAnswer>;

export interface RecurringQuery extends ProfileRange {
  readonly tenant: number;
  readonly workflow: string | undefined;
  /** In fewer sessions a loop does not recur. */
  readonly minSessions: number;
  readonly limit: number;
}

export async function recurringLoopsOf(
  { tenant, workflow, minSessions, limit, ...range }: RecurringQuery,
  reader: MemoryReader,
): Promise<Recurring> {
  const { profiles, complete } = await readProfiles(tenant, { workflow, ...range }, reader);
  const found = recurringLoops(profiles, minSessions);
  return {
    schema: "caum.recurring_loops.v1.0",
    workflow: workflow ?? null,
    ...rangeAnswer(range),
    sessions: found.sessions,
    complete,
    looping_sessions: found.loopingSessions,
    unnamed_sessions: found.unnamedSessions,
    loops: found.loops.slice(0, limit).map(recurringLoop),
    more: Math.max(0, found.loops.length - limit),
  };
}

function recurringLoop(loop: RecurringLoop): Recurring["loops"][number] {
  const { rule, period, sessions, loops, steps, costNanoUsd } = loop;
  return {
    rule,
    period,
    tools: [...loop.tools],
    sessions,
    loops,
    steps,
    first_seen: new Date(loop.firstSeenMs).toISOString(),
    last_seen: new Date(loop.lastSeenMs).toISOString(),
    cost_usd: costNanoUsd === undefined ? null : usdOf(costNanoUsd),
    cost_known: loop.costKnown,
    latest_sessions: [...loop.latest],
    workflows: [...loop.workflows],
    agents: [...loop.agents],
  };
}
