import type { CollectorPlace } from "@caum/collector/validation";
import type { WorkflowCard } from "@caum/workflows";
import { askJson, SessionGone } from "../source/ask-collector.ts";

export interface ChosenWorkflow {
  readonly name: string;
  readonly card: WorkflowCard | null;
}

export interface ChosenBaseline {
  readonly workflow: ChosenWorkflow;
}

/**
 * Tells a collector which sessions of a workflow are normal.
 *
 * @param chosen what its door takes
 * @throws {CollectorError} when there is no such workflow, or it does not answer or refuses
 */
export async function chooseBaseline(
  place: CollectorPlace,
  workflow: string,
  chosen: object,
): Promise<ChosenBaseline> {
  const path = `/v1/workflows/${encodeURIComponent(workflow)}/baseline`;
  try {
    return await askJson<ChosenBaseline>(place, path, "workflow", chosen);
  } catch (problem) {
    if (!(problem instanceof SessionGone)) throw problem;
    throw new SessionGone("there is no session of this workflow: mark sessions with it");
  }
}
