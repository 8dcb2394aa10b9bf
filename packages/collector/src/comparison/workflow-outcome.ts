/** What failure_risk means in a workflow. */
import type { outcomeAnswer } from "@caum/core/protocol";
import { calibrationOf, FEWEST_OUTCOMES, outcomesOf } from "@caum/workflows";
import type { z } from "zod";
import { rounded } from "../http/told-figures.ts";
import type { MemoryReader } from "../rows/memory-rows.ts";
import { readProfiles } from "./read-profiles.ts";

type Answer = z.input<typeof outcomeAnswer>;

export async function workflowOutcome(
  { tenant, workflow }: { readonly tenant: number; readonly workflow: string },
  reader: MemoryReader,
): Promise<Answer> {
  const { profiles, complete } = await readProfiles(tenant, { workflow }, reader);
  const byEnd = profiles.toSorted((one, other) => one.endedMs - other.endedMs);
  const calibration = calibrationOf(outcomesOf(byEnd));
  const { outcomes, failures, reason, reliability, error, errorOfShare } = calibration;
  return {
    schema: "caum.workflow_outcome.v1.0",
    workflow,
    complete,
    outcomes,
    failures,
    fewest: FEWEST_OUTCOMES,
    reason: reason ?? null,
    reliability: reliability.map(({ sessions, said, failed, low, high }) => ({
      sessions,
      said: rounded(said),
      failed: rounded(failed),
      low: rounded(low),
      high: rounded(high),
    })),
    error: error === undefined ? null : rounded(error),
    error_of_share: errorOfShare === undefined ? null : rounded(errorOfShare),
  };
}
