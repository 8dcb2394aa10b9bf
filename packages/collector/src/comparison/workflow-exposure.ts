/** What sessions of a workflow spent in loops and after an alert. */
import type { exposureAnswer } from "@caum/core/protocol";
import { type Amount, EXPOSURE_ASSUMPTIONS, type Exposure, exposureReport } from "@caum/workflows";
import type { z } from "zod";
import { CLAIM_BOUNDARIES } from "../http/claim-boundaries.ts";
import { usdOf } from "../http/told-figures.ts";
import type { MemoryReader } from "../rows/memory-rows.ts";
import { type ProfileRange, rangeAnswer } from "./profile-range.ts";
import { readProfiles } from "./read-profiles.ts";

type Answer = z.input<typeof exposureAnswer>;

const MAX_TASKS = 20;

export interface ExposureQuery extends ProfileRange {
  readonly tenant: number;
  readonly workflow: string;
}

export async function workflowExposure(
  { tenant, workflow, ...range }: ExposureQuery,
  reader: MemoryReader,
): Promise<Answer> {
  const { profiles, complete } = await readProfiles(tenant, { workflow, ...range }, reader);
  const { all, weeks, tasks, otherTasks } = exposureReport(profiles, MAX_TASKS);
  return {
    schema: "caum.workflow_exposure.v1.0",
    workflow,
    ...rangeAnswer(range),
    complete,
    ...exposureOf(all),
    weeks: weeks.map(({ name = "", ...exposure }) => ({ week: name, ...exposureOf(exposure) })),
    tasks: tasks.map(({ name, ...exposure }) => ({ task: name ?? null, ...exposureOf(exposure) })),
    other_tasks: otherTasks,
    assumed: [...EXPOSURE_ASSUMPTIONS],
    claim_boundaries: { ...CLAIM_BOUNDARIES, does_not_claim_savings: true },
  };
}

function exposureOf(exposure: Exposure) {
  return {
    sessions: exposure.sessions,
    looping_sessions: exposure.loopingSessions,
    alerted_sessions: exposure.alertedSessions,
    tokens: amountOf(exposure.tokens),
    cost_usd: amountOf(exposure.costNanoUsd, usdOf),
    duration_ms: amountOf(exposure.durationMs),
  };
}

function amountOf(
  { known, total, inLoops, afterAlert }: Amount,
  told: (sum: number) => number = (sum) => sum,
): Answer["tokens"] {
  if (known === 0) return null;
  return { known, total: told(total), in_loops: told(inLoops), after_alert: told(afterAlert) };
}
